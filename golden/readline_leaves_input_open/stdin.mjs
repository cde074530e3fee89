import process from 'node:process';
import readline from 'node:readline';

export async function credentials() {
  const rl = readline.createInterface({ input: process.stdin, terminal: false });
  const data = {};
  for await (const line of rl) {
    if (line === '') break;
    const [key, ...rest] = line.split('=');
    data[key] = rest.join('=');
  }
  return data;
}

if (process.argv[2] === 'read') console.log(JSON.stringify(await credentials()));
