const fs = require('fs');

class Covers {
  async send(res, name, type) {
    res.type(type);
    const cover = fs.createReadStream(name);
    cover.pipe(res);
  }
}

module.exports = new Covers();
