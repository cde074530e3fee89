import { createWriteStream } from 'node:fs';

export async function save(files) {
  for await (const { path, head, body } of files) {
    const out = createWriteStream(path);
    out.write(head);
    out.write(body);
    out.end();
  }
}
