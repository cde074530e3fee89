import fs from 'node:fs';

export async function head(file) {
  const stream = fs.createReadStream(file);
  const chunks = stream[Symbol.asyncIterator]();
  return (await chunks.next()).value;
}

export async function two(file, more) {
  const stream = fs.createReadStream(file);
  const chunks = stream.iterator();
  const { value } = await chunks.next();
  if (more) {
    const { value: second } = await chunks.next();
    return [value, second];
  }
  return [value];
}
