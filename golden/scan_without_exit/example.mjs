import fs from 'node:fs';

export function contains(file, word) {
  return new Promise((resolve, reject) => {
    const stream = fs.createReadStream(file, 'utf8');
    let tail = '';
    stream.on('data', (chunk) => {
      const text = tail + chunk;
      if (text.includes(word)) {
        resolve(true);
      }
      tail = text.slice(-word.length);
    });
    stream.on('end', () => resolve(false));
    stream.on('error', reject);
  });
}
