import { open } from 'node:fs/promises';
import { read, readSync } from 'node:fs';

export async function head(path) {
  const file = await open(path);
  try {
    const bytes = Buffer.allocUnsafe(4100);
    const { bytesRead } = await file.read(bytes, 0, 4100, 0);
    return bytes.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

export function exactly(fd) {
  const bytes = Buffer.allocUnsafe(512);
  if (readSync(fd, bytes, 0, 512, 0) !== 512) throw new Error('too short');
  return bytes;
}

export function later(fd, callback) {
  const bytes = Buffer.allocUnsafe(512);
  read(fd, bytes, 0, 512, 0, (err, bytesRead) => callback(err, bytes.subarray(0, bytesRead)));
}

export function text(name) {
  const bytes = Buffer.allocUnsafe(64);
  const written = bytes.write(name);
  return bytes.toString('utf8', 0, written);
}
