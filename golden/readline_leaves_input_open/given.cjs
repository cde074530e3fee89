const readline = require('readline');

exports.head = async function head(input, limit) {
  const lines = [];
  const rl = readline.createInterface({ input });
  for await (const line of rl) {
    lines.push(line);
    if (lines.length === limit) break;
  }
  return lines;
};
