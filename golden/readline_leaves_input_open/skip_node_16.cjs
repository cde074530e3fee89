const fs = require('fs');
const readline = require('readline');

exports.firstLine = async (file) => {
  const rl = readline.createInterface({ input: fs.createReadStream(file) });
  for await (const line of rl) return line;
};
