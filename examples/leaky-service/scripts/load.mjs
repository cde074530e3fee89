/**
 * Starts the service, sends clients that leave in the middle and counts what they leave behind.
 *
 *     node scripts/load.mjs [--clients N] [--json]
 *
 * Everything happens on 127.0.0.1 and below a temporary directory; it stops by itself.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { settled } from './vitals.mjs';

const { values: options } = parseArgs({
  options: {
    clients: { type: 'string', default: '20' },
    json: { type: 'boolean', default: false },
  },
});
const clients = Number(options.clients);
if (!Number.isInteger(clients) || clients < 1 || clients > 200) {
  console.error('--clients: a whole number from 1 to 200');
  process.exit(2);
}

const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'leaky-service-')));
const service = fork(new URL('start.mjs', import.meta.url), {
  env: {
    ...process.env,
    LEAKY_ROOT: root,
    LEAKY_ORDER_BYTES: String(16 * 1024 * 1024),
    EXPORT_API_PORT: '0',
    UPLOAD_PROXY_PORT: '0',
  },
  stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
});
const deadline = setTimeout(() => {
  console.error('the service did not answer within a minute');
  service.kill('SIGKILL');
  process.exit(1);
}, 60_000).unref();

async function ask() {
  service.send('vitals');
  const [answer] = await once(service, 'message');
  return answer;
}

/** What matters for "did it settle?"; memory moves all the time. */
async function vitals() {
  const { rss, ...counted } = await settled(async () => {
    const answer = await ask();
    return { ...answer, rss: 0 };
  });
  return { ...counted, rss: (await ask()).rss };
}

/** Asks for `url`, reads the first bytes and hangs up. */
function leaveDuring(url) {
  return new Promise((resolve, reject) => {
    const request = http.get(url, { agent: false }, (response) => {
      response.once('data', () => request.destroy());
      response.on('error', () => {});
      response.once('close', resolve);
    });
    request.on('error', reject);
  });
}

/** Sends the first half of an upload and hangs up. */
function leaveUpload(url) {
  return new Promise((resolve) => {
    const body = Buffer.alloc(256 * 1024, 'upload ');
    const request = http.request(url, {
      agent: false,
      method: 'PUT',
      headers: { 'Content-Length': 2 * body.length, Expect: '100-continue' },
    });
    request.on('error', () => {});
    request.once('close', resolve);
    // By then the handler has run.
    request.once('continue', () => request.write(body, () => request.destroy()));
    request.flushHeaders();
  });
}

/** Waits for the whole answer and gives its status; null when none comes. */
function complete(url, method) {
  return new Promise((resolve) => {
    const request = http.request(url, { agent: false, method }, (response) => {
      response.resume();
      response.once('close', () => resolve(response.statusCode));
    });
    request.setTimeout(5000, () => request.destroy());
    request.on('error', () => resolve(null));
    request.end();
  });
}

/** One fault, `clients` times, one after the other so that numbers do not depend on luck. */
async function times(act) {
  for (let n = 0; n < clients; n += 1) await act(n);
}

const [{ api, proxy }] = await once(service, 'message');

const phases = [
  {
    name: 'leave during an export',
    run: () => times(() => leaveDuring(`${api}/exports/orders.csv`)),
  },
  {
    name: 'leave during a download',
    run: () => times(() => leaveDuring(`${api}/downloads/orders`)),
  },
  {
    name: 'leave during a proxied download',
    run: () => times(() => leaveDuring(`${proxy}/downloads/orders`)),
  },
  {
    name: 'leave during an upload',
    run: () => times((n) => leaveUpload(`${proxy}/uploads/client-${n}.bin`)),
  },
  {
    name: 'leave the event stream',
    run: () => times(() => leaveDuring(`${proxy}/events`)),
  },
  {
    name: 'archive to a disk that is gone',
    async run() {
      fs.rmSync(path.join(root, 'var', 'archive'), { recursive: true });
      await times(() => complete(`${api}/archives/orders`, 'POST'));
    },
  },
];

const rows = [];
let last = await vitals();
for (const { name, run } of phases) {
  await run();
  const now = await vitals();
  rows.push({
    name,
    openFiles: now.openFiles - last.openFiles,
    liveRequests: now.liveRequests - last.liveRequests,
    listeners: now.listeners - last.listeners,
    pendingPromises: now.pendingPromises - last.pendingPromises,
    timers: now.timers - last.timers,
    rss: now.rss,
  });
  last = now;
}
clearTimeout(deadline);

const exited = once(service, 'exit');
service.disconnect();
await exited;
fs.rmSync(root, { recursive: true, force: true });

const total = { openFiles: 0, liveRequests: 0, listeners: 0, pendingPromises: 0, timers: 0 };
for (const row of rows) for (const key of Object.keys(total)) total[key] += row[key];

if (options.json) {
  console.log(JSON.stringify({ clients, phases: rows, total }));
} else {
  const print = (name, ...cells) =>
    console.log(name.padEnd(34) + cells.map((cell) => String(cell).padStart(12)).join(''));
  console.log(`${clients} clients each; what they left behind:\n`);
  print('', 'open files', 'requests', 'listeners', 'promises', 'timers', 'memory MB');
  for (const row of rows) {
    const { name, openFiles, liveRequests, listeners, pendingPromises, timers, rss } = row;
    const memory = Math.round(rss / 2 ** 20);
    print(name, openFiles, liveRequests, listeners, pendingPromises, timers, memory);
  }
  print('together', ...Object.values(total), '');
}
