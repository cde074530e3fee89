import fs from 'node:fs';

export function replace(from, to) {
  return new Promise((resolve, reject) => {
    const source = fs.createReadStream(from);
    const target = fs.createWriteStream(`${to}.part`);
    const fail = (err) => {
      fs.rmSync(`${to}.part`);
      reject(err);
    };
    source.on('error', fail);
    target.on('error', fail).on('finish', () => {
      fs.renameSync(`${to}.part`, to);
      resolve();
    });
    source.pipe(target);
  });
}
