const fs = require('fs');
const { spawn } = require('child_process');

exports.feed = (name, command) =>
  new Promise((resolve) => {
    const child = spawn(command);
    child.stdin.on('error', () => {});
    child.on('exit', resolve);
    fs.createReadStream(name).pipe(child.stdin);
  });
