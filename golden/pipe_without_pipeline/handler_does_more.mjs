import fs from 'node:fs';

export function replace(from, to) {
  return new Promise((resolve, reject) => {
    const source = fs.createReadStream(from);
    const target = fs.createWriteStream(`${to}.part`);
    source.on('error', reject);
    target.on('error', reject);
    target.on('finish', () => {
      fs.renameSync(`${to}.part`, to);
      resolve();
    });
    source.pipe(target);
  });
}
