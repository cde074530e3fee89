import { createReadStream, createWriteStream } from 'node:fs';
import { createGzip } from 'node:zlib';

export async function pack(from, to) {
  // The log of the day.
  await new Promise((resolve, reject) => { // settles with the file
    const source = createReadStream(from); // may be huge

    // Written next to the original.
    const target = createWriteStream(to /* on the same disk */);
    source.on('error', reject); // ENOENT
    source
      .pipe(createGzip({ level: 9 })) // slow but small
      .pipe(target)
      .on('error', reject)
      // All bytes are out now.
      .on('finish', resolve);
  });
}
