const fs = require('fs');

exports.copyAll = (names) => Promise.all(names.map((name) => {
  return /** @type {Promise<void>} */ (new Promise((resolve) => {
    fs.createReadStream(name).pipe(fs.createWriteStream(`${name}.bak`)).on('close', () => resolve());
  }));
}));
