// Stands in for archiver 7. True to it where the proofs look: entries are packed one after the
// other, and a file is opened when its turn comes; `finalize()` settles at the end of the archive or
// with its error, so never when nobody reads on; `destroy()` leaves the file open that is being
// packed; a stream that was appended is piped on, so nobody hears when it fails, and the archive
// stalls when it closes early. Left out: the format, and the inner streams that hold no file.
const fs = require('fs');
const path = require('path');
const { PassThrough } = require('stream');

class Archiver extends PassThrough {
  #entries = [];
  #packing = false;
  #final = false;

  append(source) {
    return this.#add(() => source);
  }

  file(name) {
    return this.#add(() => fs.createReadStream(name));
  }

  directory(folder) {
    for (const name of fs.readdirSync(folder)) this.file(path.join(folder, name));
    return this;
  }

  finalize() {
    this.#final = true;
    this.#next();
    return new Promise((resolve, reject) => this.on('end', resolve).on('error', reject));
  }

  #add(open) {
    this.#entries.push(open);
    this.#next();
    return this;
  }

  #next() {
    if (this.#packing || this.destroyed) return;
    if (this.#entries.length === 0) {
      if (this.#final) this.end();
      return;
    }
    this.#packing = true;
    const entry = this.#entries.shift()();
    entry.on('end', () => {
      this.#packing = false;
      this.#next();
    });
    entry.pipe(this, { end: false });
  }
}

module.exports = () => new Archiver();
