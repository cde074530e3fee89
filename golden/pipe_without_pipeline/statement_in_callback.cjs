const fs = require('fs');

module.exports = function backup(names) {
  names.forEach((name) => {
    fs.createReadStream(name).pipe(fs.createWriteStream(`${name}.bak`));
  });
};
