const fs = require('fs');

module.exports = (path) => {
  const out = fs.createWriteStream(path);
  const timer = setInterval(() => console.log(out.writableLength), 1000);
  out.on('close', () => clearInterval(timer));
  return out;
};
