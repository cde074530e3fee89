const { spawn } = require('child_process');
const fs = require('fs');

module.exports = function run(command, log) {
  const child = spawn(command);
  child.stdout.pipe(fs.createWriteStream(log));
  child.stdout.pipe(process.stdout);
};
