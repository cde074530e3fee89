import { createReadStream, createWriteStream } from 'fs';

export async function copy(from, to, log) {
  try {
    return new Promise((resolve, reject) => {
      const source = createReadStream(from);
      source.on('error', reject);
      source.pipe(createWriteStream(to)).on('finish', resolve).on('error', reject);
    });
  } catch (err) {
    log(err);
  }
}
