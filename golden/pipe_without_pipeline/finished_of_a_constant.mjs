import fs from 'node:fs';
import { once } from 'node:events';

export async function copyAll(names, open) {
  for (const name of names) {
    const copy = fs.createReadStream(name).pipe(await open(`${name}.copy`));
    await once(copy, 'finish');
  }
}

export async function opened(name) {
  return new Promise((resolve, reject) => {
    const file = fs.createWriteStream(name)
      .on('open', () => resolve(file))
      .on('error', reject);
  });
}

export const copied = async (name) => {
  const copy = fs.createReadStream(name).pipe(await opened(`${name}.copy`));
  await once(copy, 'close');
};
