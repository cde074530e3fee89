const { spawn } = require('child_process');
const readline = require('readline');

exports.port = async function port(command) {
  const child = spawn(command);
  const rl = readline.createInterface({ input: child.stdout });
  for await (const line of rl) {
    const found = /port (\d+)/.exec(line);
    if (found) return Number(found[1]);
  }
};
