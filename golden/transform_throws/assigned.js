const { Writable } = require('stream');

class Settings extends Writable {
  _write(chunk, encoding, cb) {
    const err = null;
    this.settings = JSON.parse(chunk); // the last one counts
    cb(err);
  }
}

module.exports = Settings;
