import fs from 'node:fs';
import zlib from 'node:zlib';

/** Compresses a finished log beside itself. */
export async function rotate(log: string, target: string = `${log}.gz`): Promise<void> {
  fs.createReadStream(log).pipe(zlib.createGzip()).pipe(fs.createWriteStream(target));
}
