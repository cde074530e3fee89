import { open } from 'node:fs/promises';
import readline from 'node:readline';
import { Readable } from 'node:stream';

export async function firstLine(file) {
  const handle = await open(file);
  try {
    for await (const line of readline.createInterface({ input: handle.createReadStream() })) {
      return line;
    }
  } finally {
    await handle.close();
  }
}

export async function firstOf(chunks) {
  for await (const line of readline.createInterface({ input: Readable.from(chunks) })) return line;
}
