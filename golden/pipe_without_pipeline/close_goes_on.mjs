import fs from 'node:fs';

export function replace(from, to) {
  return new Promise((resolve, reject) => {
    const source = fs.createReadStream(from);
    const target = fs.createWriteStream(`${to}.part`);

    source.on('error', reject);
    target.on('error', reject).on('close', async () => {
      await fs.promises.rename(`${to}.part`, to); // the old one is gone from here on
      resolve();
    });
    source.pipe(target);
  });
}
