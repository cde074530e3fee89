const fs = require('fs');
const zlib = require('zlib');

class Recorder {
  record(file) {
    this.packed = zlib.createGzip();
    this.packed.pipe(fs.createWriteStream(file));
  }

  stop() {
    this.packed.unpipe();
  }
}

function copyUntil(ready, from, to) {
  const source = fs.createReadStream(from);
  const target = fs.createWriteStream(to);
  source.pipe(target);
  ready.once('stop', () => source.unpipe(target));
}

module.exports = { Recorder, copyUntil };
