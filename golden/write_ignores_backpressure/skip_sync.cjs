const fs = require('fs');

exports.save = function (rows, path) {
  const out = fs.createWriteStream(path);
  for (const row of rows) out.write(row);
  out.end();
};

exports.lines = function* (rows, path) {
  const out = fs.createWriteStream(path);
  while (rows.more()) {
    out.write(yield rows.next());
  }
};
