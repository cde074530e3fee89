import fs from 'node:fs';

export function copy(from, to) {
  const source = fs.createReadStream(from);
  const sink = fs.createWriteStream(to);
  source.on('error', (err) => {
    sink.end(`failed: ${err.message}`);
  });
  source.pipe(sink);
}

export function salvage(from, to, log) {
  const source = fs.createReadStream(from);
  const sink = fs.createWriteStream(to);
  source.on('error', done);
  source.pipe(sink);

  function done(err) {
    log(err);
    sink.end();
  }
}
