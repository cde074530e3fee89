import { once } from 'node:events';
import { createWriteStream } from 'node:fs';

const file = (name: string) => createWriteStream(name);
const log: { out?: NodeJS.WritableStream } = {};

export async function save(rows: string[]) {
  for (const row of rows) {
    if (!file('a').write(row)) await once(file('a'), 'drain');
    if (!log?.out?.write(row)) await once(log?.out!, 'drain');
  }
}
