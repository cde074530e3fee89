const fs = require('fs');

function copy(from, to) {
  return new Promise((resolve, reject) => {
    from.pipe(to).on('finish', resolve).on('error', reject);
  });
}

exports.save = (name, store) => copy(fs.createReadStream(name), fs.createWriteStream(`${name}.bak`));
exports.send = (name, store) => copy(fs.createReadStream(name), store.open(name));
