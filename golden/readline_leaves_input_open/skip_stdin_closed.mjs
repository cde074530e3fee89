import readline from 'node:readline';

const rl = readline.createInterface({ input: process.stdin });
for await (const line of rl) {
  if (line === 'quit') break;
  console.log(line.toUpperCase());
}
rl.close();
