const { spawn } = require('child_process');

module.exports = function run(program, args, stdin) {
  const child = spawn(program, args);
  stdin.pipe(child.stdin);
  return new Promise((resolve) => child.on('close', resolve));
};
