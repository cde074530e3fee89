import fs from 'node:fs';

export async function text(file) {
  let all = '';
  for await (const chunk of fs.createReadStream(file, { encoding: 'utf8' })) all += chunk;
  for await (const chunk of fs.createReadStream(file, 'utf8')) all += chunk;
  return all;
}

export function body(req, done) {
  let all = '';
  req.setEncoding('utf8');
  req.on('data', (chunk) => (all += chunk));
  req.on('end', () => done(all));
}

export function unseen(file, options, done) {
  let all = '';
  fs.createReadStream(file, options).on('data', (chunk) => (all += chunk)).on('end', () => done(all));
}
