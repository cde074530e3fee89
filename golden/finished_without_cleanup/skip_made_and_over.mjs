import fs from 'node:fs';
import { finished } from 'node:stream/promises';

export async function save(paths, text) {
  for (const path of paths) {
    const file = fs.createWriteStream(path);
    file.end(text);
    await finished(file);
  }
}

export async function close(file) {
  file.end();
  await finished(file);
}

export class Log {
  async close() {
    this.file.end();
    await finished(this.file);
  }

  async rotate(paths) {
    for (const path of paths) {
      this.file = fs.createWriteStream(path);
      this.file.end(path);
      await finished(this.file);
    }
  }
}

export async function each(streams, open) {
  let current;
  for (const stream of streams) {
    current = open(stream);
    await finished(current);
    await finished(stream.output);
    await finished(open(stream));
  }
}
