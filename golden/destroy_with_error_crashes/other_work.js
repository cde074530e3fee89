const fs = require('node:fs');
const { pipeline } = require('node:stream/promises');

async function publish(file, upload) {
  const source = fs.createReadStream(file);
  try {
    await upload.begin();
    await pipeline(source, upload.stream);
  } catch (err) {
    source.destroy(err);
    console.error('not published', err);
  }
}

module.exports = publish;
