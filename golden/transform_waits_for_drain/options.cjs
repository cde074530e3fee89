const { Transform } = require('stream');

exports.doubled = () =>
  new Transform({
    transform(chunk, encoding, callback) {
      if (this.push(Buffer.concat([chunk, chunk]))) {
        callback();
      } else {
        this.once('drain', () => callback());
      }
    },
  });
