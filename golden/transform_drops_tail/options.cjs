const { Transform } = require('stream');

exports.rows = () => {
  let rest = '';
  return new Transform({
    readableObjectMode: true,
    transform(chunk, encoding, callback) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() || '';
      lines.forEach((line) => {
        if (line.trim()) this.push(JSON.parse(line));
      });
      callback();
    },
  });
};
