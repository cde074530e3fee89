import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import archiver from 'archiver';

export async function zip(folder, to) {
  const archive = archiver('zip');
  const done = pipeline(archive, createWriteStream(to));
  done.catch(() => {});
  archive.directory(folder, false);
  archive.finalize().catch(() => {});
  await done;
}
