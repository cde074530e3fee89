import fs from 'node:fs';

export async function text(file) {
  let all = '';
  for await (const chunk of fs.createReadStream(file)) {
    all += chunk;
  }
  return all;
}
