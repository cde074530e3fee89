const fs = require('fs');
const zlib = require('zlib');
const { promisify } = require('util');
const pipeline = promisify(require('stream').pipeline);

exports.send = (res, next) => {
  const source = fs.createReadStream(process.env.LOG, 'utf8');
  const gzip = zlib.createGzip();
  source.on('open', () => console.log('open'));
  return pipeline(source, gzip, res).catch((error) => {
    source.destroy(error);
    gzip.destroy( error );
    res.destroy(error);
    next(error);
  });
};
