import { createWriteStream } from 'node:fs';
import http from 'node:http';
import path from 'node:path';

import { events } from './events.mjs';
import { store } from './store.mjs';

function answer(res, status, body) {
  res.writeHead(status, { 'Content-Type': 'application/json' });
  res.end(JSON.stringify(body));
}

function upload(req, res, { incomingDir, storeDir, counters }) {
  const name = path.basename(new URL(req.url, 'http://localhost').pathname);
  const file = createWriteStream(path.join(incomingDir, name));

  req.pipe(file);

  file.on('error', (error) => answer(res, 500, { error: error.code }));
  file.on('finish', () => {
    counters.uploads += 1;
    store(file.path, storeDir).then(
      () => answer(res, 201, { name, bytes: file.bytesWritten }),
      (error) => answer(res, 500, { error: error.code }),
    );
  });
}

function proxy(req, res, upstream) {
  const forward = http.get(new URL(req.url, upstream), { agent: false }, (answered) => {
    res.writeHead(answered.statusCode, answered.headers);
    answered.pipe(res);
  });
  forward.on('error', () => answer(res, 502, { error: 'BAD_GATEWAY' }));
}

/**
 * @param {object} options
 * @param {string} options.incomingDir where uploads arrive
 * @param {string} options.storeDir where they are kept
 * @param {string} options.upstream base URL of the export API
 * @param {number} [options.eventInterval] ms between two events
 */
export function createServer({ incomingDir, storeDir, upstream, eventInterval = 1000 }) {
  const counters = { uploads: 0 };
  return http.createServer((req, res) => {
    if (req.method === 'PUT' && /^\/uploads\/[\w.-]+$/.test(req.url)) {
      upload(req, res, { incomingDir, storeDir, counters });
    } else if (req.method === 'GET' && req.url === '/events') {
      events(res, counters, eventInterval);
    } else if (req.method === 'GET') {
      proxy(req, res, upstream);
    } else {
      answer(res, 405, { error: 'METHOD_NOT_ALLOWED' });
    }
  });
}
