const through2 = require('through2');

// The other end of the path may want a value, or an error.
module.exports = () =>
  through2.obj(function (row, encoding, callback) {
    if (row.document || row.metrics) {
      callback(null, { document: row.document, metrics: row.metrics });
    }
  });
