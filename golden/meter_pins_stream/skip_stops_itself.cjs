const fs = require('fs');

module.exports = (path) => {
  const out = fs.createWriteStream(path);
  const timer = setInterval(() => {
    if (out.closed) clearInterval(timer);
    else console.log(out.writableLength);
  }, 1000);
  return out;
};
