const fs = require('fs');

function open(name) {
  return name ? fs.createReadStream(name) : process.stdin;
}

exports.copy = (name, to) => {
  open(name).pipe(fs.createWriteStream(to));
};
