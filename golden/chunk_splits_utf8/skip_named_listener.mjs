import fs from 'node:fs';

export function text(file, done) {
  let all = '';
  const add = (chunk) => {
    all += chunk;
  };
  fs.createReadStream(file).on('data', add).on('end', () => done(all));
  return add;
}
