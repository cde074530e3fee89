const { PassThrough } = require('stream');

exports.read = function read(storage, key) {
  const out = new PassThrough();
  storage
    .find(key)
    .then((found) => {
      const body = found.createReadStream();
      body.on('error', (err) => out.destroy(err));
      body.pipe(out);
    })
    .catch((err) => out.destroy(err));
  return out;
};
