const { createReadStream, createWriteStream } = require('node:fs');
const { once } = require('node:events');

module.exports = (from, to) => {
  const source = createReadStream(from);
  const out = createWriteStream(to);
  source.on('data', (chunk) => {
    if (!out.write(chunk)) {
      source.pause();
      out.once('drain', () => source.resume());
    }
  });
  once(out, 'drain').then(() => console.log('drained'));
};
