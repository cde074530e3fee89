import readline from 'node:readline';

export async function title(handle) {
  const input = handle.createReadStream();
  const rl = readline.createInterface({ input });
  for await (const line of rl) {
    if (line.startsWith('# ')) return line;
  }
}
