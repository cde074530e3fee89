const fs = require('fs');
const { pipeline } = require('stream/promises');

async function into(path, out) {
  const source = fs.createReadStream(path);
  try {
    await pipeline(source, out);
  } catch (err) {
    console.error(err);
  }
}

into('a', fs.createWriteStream('b'));
