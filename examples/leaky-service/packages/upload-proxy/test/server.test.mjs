import assert from 'node:assert/strict';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { after, before, mock, test } from 'node:test';

import { createServer } from '../src/server.mjs';

let base;
let dir;
const servers = [];

async function listen(server) {
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${server.address().port}`;
}

before(async () => {
  // An event timer must not keep the test run alive.
  const { setInterval } = globalThis;
  mock.method(globalThis, 'setInterval', (...args) => setInterval(...args).unref());

  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'upload-proxy-'));
  fs.mkdirSync(path.join(dir, 'incoming'));
  fs.mkdirSync(path.join(dir, 'store'));
  const upstream = await listen(
    http.createServer((req, res) => {
      res.setHeader('X-Upstream', 'yes');
      res.end(`you asked for ${req.url}`);
    }),
  );
  base = await listen(
    createServer({
      incomingDir: path.join(dir, 'incoming'),
      storeDir: path.join(dir, 'store'),
      upstream,
      eventInterval: 10,
    }),
  );
});

after(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  fs.rmSync(dir, { recursive: true });
});

test('an upload ends in the store and nowhere else', async () => {
  const body = 'x'.repeat(300_000);
  const response = await fetch(`${base}/uploads/big.txt`, { method: 'PUT', body });
  assert.equal(response.status, 201);
  assert.deepEqual(await response.json(), { name: 'big.txt', bytes: body.length });
  assert.equal(fs.readFileSync(path.join(dir, 'store', 'big.txt'), 'utf8'), body);
  assert.deepEqual(fs.readdirSync(path.join(dir, 'incoming')), []);
});

test('a download comes from upstream, headers included', async () => {
  const response = await fetch(`${base}/downloads/orders`);
  assert.equal(response.headers.get('x-upstream'), 'yes');
  assert.equal(await response.text(), 'you asked for /downloads/orders');
});

test('a browser hears of uploads', async () => {
  const leave = new AbortController();
  const response = await fetch(`${base}/events`, { signal: leave.signal });
  const reader = response.body.getReader();
  const { value } = await reader.read();
  assert.match(new TextDecoder().decode(value), /^data: \{"uploads":\d+\}\n\n/);
  leave.abort();
});

test('other methods are refused', async () => {
  assert.equal((await fetch(`${base}/uploads/x`, { method: 'DELETE' })).status, 405);
});
