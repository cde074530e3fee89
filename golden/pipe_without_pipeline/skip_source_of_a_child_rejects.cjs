const fs = require('fs');
const { spawn } = require('child_process');

exports.feed = (name, command) =>
  new Promise((resolve, reject) => {
    const child = spawn(command);
    child.on('error', reject);
    child.on('exit', resolve);
    fs.createReadStream(name).on('error', reject).pipe(child.stdin);
  });
