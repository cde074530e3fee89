const through2 = require('through2');

function each(row, encoding, next) {
  if (!row.id) return;
  this.push(row);
  next();
}

exports.each = each;
exports.stage = () => through2.obj(each);
