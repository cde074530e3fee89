import fs from 'node:fs';
import readline from 'node:readline';

export async function same(one, other) {
  let first;
  for await (const line of readline.createInterface({ input: fs.createReadStream(one) })) {
    first = line;
    break;
  }
  for await (const line of readline.createInterface({ input: fs.createReadStream(other) })) {
    return line === first;
  }
}

export async function nested(list, word) {
  const files = readline.createInterface({ input: fs.createReadStream(list) });
  for await (const file of files) {
    const lines = readline.createInterface({ input: fs.createReadStream(file) });
    for await (const line of lines) {
      if (line.includes(word)) return file;
    }
  }
}
