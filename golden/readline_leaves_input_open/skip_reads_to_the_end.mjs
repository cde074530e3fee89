import fs from 'node:fs';
import readline from 'node:readline';

export async function total(file) {
  let sum = 0;
  const rl = readline.createInterface({ input: fs.createReadStream(file) });
  for await (const line of rl) {
    if (line === '') continue;
    for (const cell of line.split(',')) {
      if (cell === '-') break;
      sum += Number(cell);
    }
    line.split(';').map((word) => {
      return word.trim();
    });
    try {
      if (sum < 0) throw new Error('negative');
    } catch {
      sum = 0;
    }
  }
  return sum;
}
