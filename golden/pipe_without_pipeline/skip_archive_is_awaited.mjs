import archiver from 'archiver';
import { createWriteStream } from 'node:fs';

export async function pack(folder, to) {
  const archive = archiver('tar');
  archive.pipe(createWriteStream(to));
  archive.directory(folder, false);
  await archive.finalize();
}
