module.exports = (text) => [
  new Buffer('a line\n'),
  new Buffer([1, 2, 3]),
  new Buffer(text, 'base64'),
  new Buffer(JSON.stringify(text)),
  new Buffer(0),
];
