import { createReadStream, createWriteStream } from 'node:fs';
import { finished } from 'node:stream';

export function send(path, res) {
  const file = createReadStream(path);
  file.on('data', (chunk) => {
    if (!res.write(chunk)) {
      file.pause();
      res.once('drain', () => file.resume());
    }
  });
  res.on('error', console.error).once('close', () => file.destroy());
}

export function copy(from, to) {
  const source = createReadStream(from);
  const sink = createWriteStream(to);
  source.on('data', (chunk) => {
    if (!sink.write(chunk)) {
      source.pause();
      sink.once('drain', () => source.resume());
    }
  });
  finished(sink, () => source.destroy());
}

export function step(out, chunk, done) {
  const close = () => done(new Error('closed'));
  if (out.write(chunk)) return done();
  out.once('close', close);
  out.once('drain', () => {
    out.off('close', close);
    done();
  });
}
