import { createReadStream, createWriteStream } from 'node:fs';

export async function upper(from, to) {
  const input = createReadStream(from, 'utf8');
  input.on('error', () => process.exit(2));
  const out = createWriteStream(to);
  for await (const text of input) {
    out.write(text.toUpperCase());
  }
  out.end();
}
