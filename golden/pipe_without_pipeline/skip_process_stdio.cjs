const { spawn } = require('child_process');
const fs = require('fs');

fs.createReadStream('usage.txt').pipe(process.stdout);
const child = spawn('ls');
child.stderr.pipe(process.stderr);
