import fs from 'node:fs';

export async function header(file) {
  const stream = fs.createReadStream(file, { encoding: 'utf8' });
  let text = '';
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    text += chunk;
    if (text.includes('\n')) break;
  }
  return text.split('\n', 1)[0];
}
