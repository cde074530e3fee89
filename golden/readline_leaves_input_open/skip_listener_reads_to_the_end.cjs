const fs = require('fs');
const readline = require('readline');

exports.load = (file, done) => {
  const users = [];
  const rl = readline.createInterface({ input: fs.createReadStream(file) });
  rl.on('line', (line) => users.push(JSON.parse(line)));
  rl.on('close', () => done(users));
  process.on('SIGINT', () => rl.close());
};

exports.ask = (done) => {
  const rl = readline.createInterface({ input: process.stdin, output: process.stdout });
  rl.on('line', (line) => {
    rl.close();
    done(line);
  });
};
