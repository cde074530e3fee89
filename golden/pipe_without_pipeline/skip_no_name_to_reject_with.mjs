import fs from 'node:fs';

export const copy = (from, to, reject) => new Promise((resolve) => {
  reject.watch(from);
  fs.createReadStream(from).pipe(fs.createWriteStream(to)).on('finish', resolve);
});
