const { spawn } = require('child_process');
const fs = require('fs');
const { pipeline } = require('stream/promises');

module.exports = async function run(command, log) {
  const child = spawn(command);
  await Promise.all([
    pipeline(child.stdout, fs.createWriteStream(log)),
    pipeline(child.stdout, process.stdout, { end: false }),
  ]);
};
