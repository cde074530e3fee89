/*
Licensed as follows:

   https://example.org/licence
*/
const fs = require('fs');
const zlib = require('zlib');

exports.open = (name) => {
	return fs.createReadStream(name).pipe(zlib.createGunzip());
};

exports.pack = (name) => {
	const gzip = zlib.createGzip();
	return fs.createReadStream(name).pipe(gzip);
};
