const fs = require('fs');
const { spawn } = require('child_process');

exports.feed = function feed(name, command, args, done) {
  const child = spawn(command, args, { stdio: ['pipe', 'ignore', 'inherit'] });
  child.on('error', done);
  child.on('close', (code) => done(null, code));
  fs.createReadStream(name).pipe(child.stdin);
};
