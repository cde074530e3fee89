const fs = require('fs');

function concat(names, to) {
  const target = fs.createWriteStream(to);
  for (const name of names) {
    fs.createReadStream(name).pipe(target);
  }
}

function concatEach(names, to) {
  const target = fs.createWriteStream(to);
  names.forEach((name) => {
    fs.createReadStream(name).pipe(target);
  });
}

module.exports = { concat, concatEach };
