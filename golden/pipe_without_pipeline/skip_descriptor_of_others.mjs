import fs from 'node:fs';

export function part(fd, start, end, res) {
  fs.createReadStream('', { fd, start, end, autoClose: false }).pipe(res);
}

export async function copyOpen(fd, to) {
  fs.createReadStream('', { fd }).pipe(fs.createWriteStream(to));
}
