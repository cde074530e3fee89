const fs = require('fs');
const through = require('through');
const { pipeline } = require('stream/promises');

module.exports = async (from, to) => {
  const source = fs.createReadStream(from);
  const marked = through(function (chunk) {
    this.queue(chunk);
  });
  await pipeline(source, marked, fs.createWriteStream(to));
};
