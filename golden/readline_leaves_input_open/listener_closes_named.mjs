import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

export function sample(file, limit, done) {
  const input = createReadStream(file);
  input.on('error', done);
  const rl = createInterface({ input });
  const lines = [];
  rl.on('line', (line) => {
    if (lines.length === limit) rl.close();
    else lines.push(line);
  }).on('close', () => done(null, lines));
}
