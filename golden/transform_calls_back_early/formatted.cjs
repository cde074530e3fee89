const through2 = require('through2');

module.exports = (load) =>
  through2.obj(function (id, enc, next) {
    load(id).then((row) => this.push(`${row.id}: ${row.name}`));
    next();
  });
