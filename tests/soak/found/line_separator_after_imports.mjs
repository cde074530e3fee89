import { createReadStream } from 'node:fs'; // c export const f = () => new Promise((resolve, reject) => {
  createReadStream('a').on('error', reject).pipe(target()).on('error', reject).on('finish', resolve);
});
import { createWriteStream } from 'node:fs';
const target = () => createWriteStream('b');
