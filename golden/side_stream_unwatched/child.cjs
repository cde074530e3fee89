const { spawn } = require('child_process');
const { Transform } = require('stream');

exports.fed = (program) => {
  const child = spawn(program);
  return new Transform({
    transform(chunk, encoding, done) {
      this.push(chunk);
      child.stdin.write(chunk);
      done();
    },
  });
};
