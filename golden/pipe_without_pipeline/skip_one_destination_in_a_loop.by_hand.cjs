const fs = require('fs');
const { pipeline } = require('stream/promises');

async function concat(names, to) {
  await pipeline(async function* () {
    for (const name of names) yield* fs.createReadStream(name);
  }, fs.createWriteStream(to));
}

module.exports = { concat, concatEach: concat };
