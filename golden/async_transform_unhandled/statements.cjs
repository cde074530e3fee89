const { Writable } = require('stream');

class Pages extends Writable {
  async _write(page, encoding, cb) {
    const name = `${page.path}.md`;
    console.log(`adding ${name}`);
    await this.files.write(name, `
      ${page.text}
    `);
    await this.git.add(name)
    cb();
  }
}

module.exports = Pages;
