import fs from 'node:fs';

export class Store {
  async load(use) {
    const stream = fs.createReadStream(this.file);
    await this.ready();
    for await (const chunk of stream) use(chunk);
  }
}

export async function load(next, use) {
  const stream = fs.createReadStream(next());
  await use.ready();
  for await (const chunk of stream) use(chunk);
}

let current = 'a.txt';

export async function loadCurrent(use) {
  const stream = fs.createReadStream(current);
  await use.ready();
  current = 'b.txt';
  for await (const chunk of stream) use(chunk);
}
