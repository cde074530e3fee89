const fs = require('fs');

module.exports = (path, stats) => {
  const out = fs.createWriteStream(path);
  setInterval(() => process.send({ waiting: out.writableLength }), 1000);
  setInterval(() => Object.assign(stats, { waiting: out.writableLength }), 1000);
  return out;
};
