import fs from 'node:fs';

export async function headerThenBody(file, body) {
  const stream = fs.createReadStream(file);
  let header;
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    header = chunk;
    break;
  }
  return body(header, stream);
}

export async function toTheEnd(file, use) {
  const stream = fs.createReadStream(file);
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) use(chunk);
}

export async function byHandToTheEnd(file, use) {
  const stream = fs.createReadStream(file);
  const chunks = stream[Symbol.asyncIterator]();
  for (;;) {
    const { done, value } = await chunks.next();
    if (done) break;
    use(value);
  }
}

export async function returned(file) {
  const stream = fs.createReadStream(file);
  const chunks = stream[Symbol.asyncIterator]();
  const { value } = await chunks.next();
  await chunks.return();
  return value;
}

export function reader(file) {
  const stream = fs.createReadStream(file);
  const chunks = stream[Symbol.asyncIterator]();
  return async () => (await chunks.next()).value;
}
