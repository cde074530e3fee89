const fs = require('fs');
const readline = require('readline');

exports.find = async (file, word, wanted) => {
  const input = fs.createReadStream(file);
  const rl = readline.createInterface(input);
  if (wanted)
    for await (const line of rl) if (line.includes(word)) return line;
  input.on('error', (err) => console.error(err.message));
  rl.close(); // in any case
};
