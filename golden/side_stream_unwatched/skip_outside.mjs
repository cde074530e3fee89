import fs from 'node:fs';

export function log(file, line, callback) {
  const side = fs.createWriteStream(file);
  side.write(line);
  callback();
}
