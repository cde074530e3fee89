const fs = require('fs');

module.exports = (path, source) => {
  const out = fs.createWriteStream(path);
  let peak = 0;
  setInterval(() => {
    peak = Math.max(peak, out.writableLength);
  }, 1000);
  setInterval(() => {
    if (out.writableLength === 0) source.resume();
  }, 1000);
  setInterval(() => report(out, out.writableLength), 1000);
  return () => peak;
};
