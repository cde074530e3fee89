const { Transform } = require('stream');

module.exports = function words() {
  let rest = '';
  return new Transform({
    transform(chunk, encoding, next) {
      const parts = (rest + chunk).split(' ');
      rest = parts.pop();
      if (parts.length === 0) return next();
      this.push(parts.join(''));
      next();
    },
    flush(next) {
      if (!rest) return
      this.push(rest);
      next();
    },
  });
};
