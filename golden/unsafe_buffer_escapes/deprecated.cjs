module.exports.zeros = (rows) => {
  const size = rows.length * 4;
  const all = new Buffer(size);
  rows.forEach((row, at) => all.writeUInt32BE(row, at * 4));
  return [all, new Buffer(4), new Buffer(rows.length + Math.max(1, size))];
};
