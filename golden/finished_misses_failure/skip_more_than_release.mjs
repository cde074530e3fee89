import fs from 'node:fs';
import { finished } from 'node:stream/promises';

export async function save(path, text, client, done) {
  const file = fs.createWriteStream(path);
  file.end(text);
  await finished(file).then(() => fs.promises.rename(path, `${path}.done`));
  finished(file).then(done, done);
  finished(file).then(() => {
    client.release();
    done();
  }, done);
  finished(file).then(() => {
    console.log('written');
    client.release();
  }).catch(done);
  finished(file).then(() => file.close());
  finished(file).then((value) => client.release(value)).catch(done);
}

export async function seal(path, box) {
  await finished(fs.createWriteStream(path)).then(() => box.freeze());
  await finished(fs.createWriteStream(path)).then(() => box.releaseVersion());
  await finished(fs.createWriteStream(path)).then(() => box.end());
}
