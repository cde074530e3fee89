'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { after, before, test } = require('node:test');
const zlib = require('node:zlib');

const { createApp } = require('../src/app.js');

const ORDERS = [
  { id: 1, customer: 'Ada', country: 'GB', amount: 12.5, note: 'said "soon", twice' },
  { id: 2, customer: 'Zoë', country: 'NL', amount: 7, note: '' },
];
const NDJSON = ORDERS.map((order) => `${JSON.stringify(order)}\n`).join('');

let base;
let dir;
let server;

before(async () => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'export-api-'));
  fs.mkdirSync(path.join(dir, 'archive'));
  fs.writeFileSync(path.join(dir, 'orders.ndjson'), NDJSON);
  const app = createApp({
    dataDir: dir,
    archiveDir: path.join(dir, 'archive'),
    exportTimeout: 500,
  });
  server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  base = `http://127.0.0.1:${server.address().port}`;
});

after(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  fs.rmSync(dir, { recursive: true });
});

test('an export is compressed CSV with quoted fields', async () => {
  const response = await fetch(`${base}/exports/orders.csv`);
  assert.equal(response.headers.get('content-encoding'), 'gzip');
  assert.equal(
    await response.text(),
    'id,customer,country,amount,note\n1,Ada,GB,12.5,"said ""soon"", twice"\n2,Zoë,NL,7,\n',
  );
});

test('a download is the file itself', async () => {
  const response = await fetch(`${base}/downloads/orders`);
  assert.match(response.headers.get('content-disposition'), /orders\.ndjson/);
  assert.equal(await response.text(), NDJSON);
});

test('an archive is a compressed copy on disk', async () => {
  const response = await fetch(`${base}/archives/orders`, { method: 'POST' });
  assert.equal(response.status, 201);
  const stored = await response.json();
  const bytes = fs.readFileSync(path.join(dir, 'archive', stored.name));
  assert.equal(bytes.length, stored.size);
  assert.equal(zlib.gunzipSync(bytes).toString(), NDJSON);
});

test('an unknown name is 404, a strange one 400', async () => {
  assert.equal((await fetch(`${base}/downloads/nothing`)).status, 404);
  assert.equal((await fetch(`${base}/downloads/..%2Forders`)).status, 400);
});
