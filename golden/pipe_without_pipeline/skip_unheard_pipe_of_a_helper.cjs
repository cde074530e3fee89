const fs = require('fs');

exports.pipe = (from, to) => from.read(to);
exports.copy = (from, to) => exports.pipe(from, to);
exports.size = (name) => fs.statSync(name).size;
