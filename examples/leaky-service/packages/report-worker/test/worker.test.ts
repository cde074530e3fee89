import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import zlib from 'node:zlib';

import { nightly, publish, type Order, snapshot, writeReport } from '../src/worker.ts';

let dir: string;

before(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'report-worker-'));
});

after(() => {
  fs.rmSync(dir, { recursive: true });
});

function* orders(count: number): Generator<Order> {
  for (let id = 1; id <= count; id += 1) {
    yield { id, customer: `Customer ${id}`, amount: id * 1.25 };
  }
}

/** Turns of the event loop until `done`, a few seconds at most. */
async function until(done: () => boolean): Promise<void> {
  const deadline = Date.now() + 5000;
  while (!done()) {
    assert.ok(Date.now() < deadline, 'still waiting after 5 s');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function unzipped(file: string): string | null {
  try {
    return zlib.gunzipSync(fs.readFileSync(file)).toString();
  } catch {
    return null;
  }
}

test('a report has one line per order, however big', async () => {
  const file = path.join(dir, 'big.txt');
  assert.equal(await writeReport(orders(5000), file), 5000);
  const lines = fs.readFileSync(file, 'utf8').trimEnd().split('\n');
  assert.equal(lines.length, 5000);
  assert.match(lines[4999], /^ +5000 {2}Customer 5000 .* 6250\.00$/);
});

test('publish and snapshot copy byte for byte', async () => {
  const from = path.join(dir, 'from.bin');
  fs.writeFileSync(from, Buffer.alloc(200_000, 'report'));
  await publish(from, path.join(dir, 'published.bin'));
  await snapshot(from, path.join(dir, 'copy.bin'));
  assert.deepEqual(fs.readFileSync(path.join(dir, 'published.bin')), fs.readFileSync(from));
  assert.deepEqual(fs.readFileSync(path.join(dir, 'copy.bin')), fs.readFileSync(from));
});

test('publish reports a report that is not there', async () => {
  await assert.rejects(publish(path.join(dir, 'missing'), path.join(dir, 'never')), {
    code: 'ENOENT',
  });
});

test('a second night keeps the first report', async () => {
  const job = { workDir: path.join(dir, 'work'), publicDir: path.join(dir, 'public') };
  fs.mkdirSync(job.workDir);
  fs.mkdirSync(job.publicDir);
  const rotated = path.join(job.workDir, 'worker.log.gz');
  for (const count of [3, 5]) {
    assert.equal(await nightly({ ...job, orders: orders(count) }), count);
    await until(() => unzipped(rotated) === `${count} orders\n`);
  }
  const lines = (name: string) =>
    fs.readFileSync(path.join(job.publicDir, name), 'utf8').trimEnd().split('\n').length;
  assert.equal(lines('report.previous.txt'), 3);
  assert.equal(lines('report.txt'), 5);
});
