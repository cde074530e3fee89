const fs = require('fs');

exports.save = function save(kind, source) {
  const target = fs.createWriteStream('all');
  switch (kind) {
    case 'both':
      fs.createReadStream('first').pipe(target);
    default:
      fs.createReadStream('second').pipe(target);
  }
};
