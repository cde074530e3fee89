import { createWriteStream } from 'node:fs';
import archiver from 'archiver';

export async function zip(folder, to) {
  const archive = archiver('zip');
  archive.pipe(createWriteStream(to));
  archive.directory(folder, false);
  await archive.finalize();
}
