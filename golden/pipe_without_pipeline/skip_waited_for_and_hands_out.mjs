import fs from 'node:fs';
import { once } from 'node:events';
import busboy from 'busboy';

export async function read(form, headers, store) {
  const parser = busboy({ headers });
  parser.on('file', (name, file) => store(name, file));
  fs.createReadStream(form).pipe(parser);
  await once(parser, 'finish');
}
