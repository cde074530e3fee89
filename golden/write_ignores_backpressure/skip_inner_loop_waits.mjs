import express from 'express';
import { tables } from './tables.mjs';
import { finished } from 'node:stream';

const app = express();

app.get('/dump', async (req, res) => {
  writing: for (const table of tables) {
    res.write(`# ${table.name}\n`);
    for await (const row of table.rows()) {
      if (res.write(row) === false && !(await drainedStrict(res))) break writing;
    }
  }
  res.end();
});

app.get('/tables', async (req, res) => {
  for (const table of tables) {
    if (res.write(table.name) === false && !(await drainedStrict(res))) break;
  }
  res.end();
});

// Waits for 'drain': true. False when the stream ends or closes, since no 'drain' comes then.
function drainedStrict(writable) {
  const waits = (drainedStrict.waits ??= new WeakMap());
  const pending = waits.get(writable);
  if (pending) return pending;
  const wait = new Promise((resolve, reject) => {
    const onDrain = () => {
      done();
      resolve(true);
    };
    const ignore = finished(writable, { readable: false }, (error) => {
      done();
      if (error && error.code !== 'ERR_STREAM_PREMATURE_CLOSE') reject(error);
      else resolve(false);
    });
    const done = () => {
      ignore();
      writable.removeListener('drain', onDrain);
      waits.delete(writable);
    };
    writable.once('drain', onDrain);
  });
  waits.set(writable, wait);
  return wait;
}
