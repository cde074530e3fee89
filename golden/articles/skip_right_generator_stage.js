const fs = require('node:fs');
const { pipeline } = require('node:stream/promises');

exports.upper = async function upper(from, to) {
  await pipeline(
    fs.createReadStream(from, 'utf8'),
    async function* (chunks) {
      for await (const chunk of chunks) yield chunk.toUpperCase();
    },
    fs.createWriteStream(to),
  );
};
