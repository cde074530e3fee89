import fs from 'node:fs';

export async function counted(file) {
  const chunks = [];
  let size = 0;
  for await (const chunk of fs.createReadStream(file)) {
    size += chunk.length;
    chunks.push(chunk);
  }
  return [size, Buffer.concat(chunks).toString()];
}

export function hex(file, done) {
  let text = '';
  fs.createReadStream(file)
    .on('data', (chunk) => (text += chunk.toString('hex') + chunk.toString('latin1')))
    .on('end', () => done(text));
}
