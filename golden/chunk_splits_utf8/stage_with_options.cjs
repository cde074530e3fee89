const { Transform } = require('stream');

exports.lines = () => {
  let rest = '';
  return new Transform({
    readableObjectMode: true,
    transform(chunk, encoding, callback) {
      rest += chunk;
      const lines = rest.split('\n');
      rest = lines.pop();
      for (const line of lines) this.push(line);
      callback();
    },
    flush(callback) {
      if (rest) this.push(rest);
      callback();
    },
  });
};
