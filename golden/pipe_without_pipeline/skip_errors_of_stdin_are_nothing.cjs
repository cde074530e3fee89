const fs = require('fs');
const { spawn } = require('child_process');

module.exports = function feed(name, program) {
  const child = spawn(program);
  child.stdin.on('error', () => {});
  fs.createReadStream(name).pipe(child.stdin);
};
