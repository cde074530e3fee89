const through2 = require('through2');

function each(row, encoding, next) {
  if (!row.id) return;
  this.push(row);
  next();
}

module.exports = () => through2.obj(each, function (next) { if (!this.last) return; this.push(this.last); next(); });
