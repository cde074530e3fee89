import fs from 'node:fs';

export function copy(from, to) {
  return new Promise((resolve, reject) => {
    fs.createReadStream(from)
      .on('error', (err) => reject(new Error(`cannot read ${from}: ${err.message}`)))
      .pipe(fs.createWriteStream(to))
      .on('finish', resolve);
  });
}
