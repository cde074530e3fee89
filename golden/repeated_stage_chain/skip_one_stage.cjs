const { createGzip } = require('zlib');

module.exports.a = (req, res) => req.pipe(createGzip()).pipe(res);
module.exports.b = (req, res) => req.pipe(createGzip()).pipe(res);
module.exports.c = (req, res) => req.pipe(createGzip()).pipe(res);
