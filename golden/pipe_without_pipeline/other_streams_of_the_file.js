const { spawn } = require('child_process');
const fs = require('fs');

// Another child's stdout, and another stream's unpipe.
function list(file) {
  const child = spawn('ls', ['-l']);
  child.stdout.pipe(fs.createWriteStream(file));
}

function count(file) {
  const child = spawn('wc', ['-l']);
  child.stdout.pipe(fs.createWriteStream(file));
}

function stop(source, destination) {
  source.unpipe(destination);
}

module.exports = { list, count, stop };
