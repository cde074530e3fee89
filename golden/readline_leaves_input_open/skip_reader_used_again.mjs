import fs from 'node:fs';
import readline from 'node:readline';

export async function headerAndRows(file) {
  const rl = readline.createInterface({ input: fs.createReadStream(file) });
  let header;
  for await (const line of rl) {
    header = line;
    break;
  }
  const rows = [];
  for await (const line of rl) {
    rows.push(line);
    if (rows.length > 10) break;
  }
  return { header, rows };
}

export async function inRounds(file, rounds) {
  const rl = readline.createInterface({ input: fs.createReadStream(file) });
  for (const round of rounds) {
    for await (const line of rl) if (round(line)) break;
  }
}

export async function handedOn(file, watch) {
  const rl = readline.createInterface({ input: fs.createReadStream(file) });
  watch(rl);
  for await (const line of rl) if (line) return line;
}
