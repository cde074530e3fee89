import { createReadStream, createWriteStream } from 'node:fs';
import { createHash } from 'node:crypto';

export function copy(from, to, done) {
  const source = createReadStream(from);
  const sink = createWriteStream(to);
  const hash = createHash('sha256');
  source.on('data', (chunk) => {
    hash.update(chunk);
    sink.write(chunk);
  });
  source.on('end', () => {
    sink.end();
    done(hash.digest('hex'));
  });
}
