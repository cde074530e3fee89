import fs from 'node:fs';

export function header(path) {
  return new Promise((resolve, reject) => {
    const stream = fs.createReadStream(path);
    let head = '';
    stream.on('data', (chunk) => {
      head += chunk;
      if (head.length > 10) {
        stream.pause();
        resolve({ head, stream });
      }
    });
    stream.on('error', reject);
    stream.on('end', () => resolve({ head }));
  });
}

export function opened(path) {
  const stream = fs.createReadStream(path);
  return new Promise((resolve, reject) => {
    stream.on('error', reject);
    stream.on('data', (chunk) => {
      if (chunk.includes('begin')) resolve(stream.removeAllListeners('data') && [stream]);
    });
  });
}

export const itself = (path) => new Promise((resolve, reject) => {
  const stream = fs.createReadStream(path);
  stream.on('error', reject);
  stream.on('data', function (chunk) {
    if (chunk.includes('begin')) resolve(this.pause());
  });
});
