import fs from 'node:fs';
import readline from 'node:readline';

export async function firstLine(file: string): Promise<string | undefined> {
  const input: NodeJS.ReadableStream = fs.createReadStream(file);
  const rl = readline.createInterface({ input });
  for await (const line of rl) {
    return line;
  }
}
