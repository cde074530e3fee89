import crypto from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';

export function kept(file, done) {
  const source = fs.createReadStream(file);
  let text = '';
  source.on('data', (chunk) => {
    text += chunk;
  });
  source.pipe(fs.createWriteStream(`${file}.copy`)).on('close', () => done(text));
}

export async function hashed(file) {
  const hash = crypto.createHash('sha256');
  let text = '';
  for await (const chunk of fs.createReadStream(file)) {
    hash.update(chunk);
    text += chunk;
  }
  return [text, hash.digest('hex')];
}

export function handed(url, done) {
  http.get(url, (res) => {
    let text = '';
    res.on('data', (chunk) => (text += chunk));
    res.on('end', () => done(res, text));
  });
}

export function sized(url, done) {
  http.get(url, (res) => {
    let text = '';
    let size = 0;
    res.on('data', (chunk) => (text += chunk));
    res.on('data', (chunk) => (size += chunk.length));
    res.on('end', () => done(text, size));
  });
}
