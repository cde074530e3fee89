import fs from 'node:fs';
import readline from 'node:readline';

export async function inFinally(file) {
  const input = fs.createReadStream(file);
  const rl = readline.createInterface({ input });
  try {
    for await (const line of rl) if (line) return line;
  } finally {
    rl.close();
    input.destroy();
  }
}

export async function behindTheLoop(file) {
  let first;
  const input = fs.createReadStream(file);
  const rl = readline.createInterface({ input });
  for await (const line of rl) {
    first = line;
    break;
  }
  input.destroy();
  return first;
}

export async function onTheWay(file) {
  const input = fs.createReadStream(file);
  const rl = readline.createInterface({ input });
  for await (const line of rl) {
    if (line.startsWith('>')) {
      rl.close();
      input.destroy();
      return line;
    }
  }
}

export function inListener(file, done) {
  const input = fs.createReadStream(file);
  const rl = readline.createInterface({ input });
  rl.on('line', (line) => {
    rl.close();
    input.destroy();
    done(line);
  });
}
