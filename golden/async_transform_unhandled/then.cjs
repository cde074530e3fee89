const { Transform } = require('stream');

module.exports = (store) =>
  new Transform({
    transform(chunk, enc, next) {
      if (!chunk.length) return next();
      store(chunk).then((bytes) => {
        this.count += bytes.length;
        next(null, bytes);
      });
    },
  });
