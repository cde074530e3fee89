const fs = require('fs');
const readline = require('readline');

exports.firstLine = (file) =>
  new Promise((resolve) => {
    const rl = readline.createInterface({ input: fs.createReadStream(file) });
    let first = null;
    rl.on('line', (line) => {
      if (first !== null) return;
      first = line;
      rl.close();
    });
    rl.on('close', () => resolve(first));
  });
