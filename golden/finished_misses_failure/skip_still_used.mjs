import fs from 'node:fs';
import { finished } from 'node:stream/promises';

export async function save(pool, path, rows) {
  const client = await pool.connect();
  const out = fs.createWriteStream(path);
  for (const row of rows) out.write(row);
  out.end();
  try {
    await finished(out).then(() => client.release());
  } catch (err) {
    await client.query('ROLLBACK');
    throw err;
  }
}

export async function chained(pool, path) {
  const client = await pool.acquire();
  const out = fs.createWriteStream(path);
  out.end('x');
  return finished(out)
    .then(() => pool.release(client))
    .catch((err) => client.query('ROLLBACK').then(() => Promise.reject(err)));
}

export async function tried(mutex, path) {
  const lock = await mutex.acquire();
  for (let attempt = 0; attempt < 3; attempt++) {
    const out = fs.createWriteStream(path + attempt);
    out.end('x');
    try {
      await finished(out).then(() => lock.release());
      return;
    } catch (err) {
      console.error(err);
    }
  }
}

export class Writer {
  async write(path) {
    const out = fs.createWriteStream(path);
    await this.lock.acquire();
    try {
      out.end('x');
      await finished(out).then(() => this.lock.release());
    } catch (err) {
      this.fail(err);
    }
  }
}
