const readline = require('readline');

async function main() {
  const rl = readline.createInterface({ input: process.stdin });
  for await (const line of rl) {
    if (line === 'quit') break;
    console.log(line.toUpperCase());
  }
}

main().then(() => process.exit(0));
