/** Starts the export API and the upload proxy in one process, on 127.0.0.1 only. */
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';

import { writeOrders } from './orders.mjs';
import {
  listeners,
  openFiles,
  pendingPromises,
  timers,
  watch,
  watchFileStreams,
  watchPromises,
} from './vitals.mjs';

const root = fs.realpathSync(process.env.LEAKY_ROOT ?? process.cwd());
const port = (name, fallback) => Number(process.env[name] ?? fallback);

const dirs = {};
for (const name of ['data', 'archive', 'incoming', 'store']) {
  dirs[name] = path.join(root, 'var', name);
  fs.mkdirSync(dirs[name], { recursive: true });
}
const orders = path.join(dirs.data, 'orders.ndjson');
if (!fs.existsSync(orders)) writeOrders(orders, port('LEAKY_ORDER_BYTES', 1_000_000));

watchFileStreams();
if (process.send) watchPromises(); // it slows all of them down
const { default: exportApi } = await import('../packages/export-api/src/app.js');
const { createServer } = await import('../packages/upload-proxy/src/server.mjs');

let liveRequests = 0;

async function listen(server, at) {
  server.on('request', (req, res) => {
    liveRequests += 1;
    watch(req);
    watch(res);
    res.once('close', () => (liveRequests -= 1));
  });
  server.listen(at, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${server.address().port}`;
}

const app = exportApi.createApp({ dataDir: dirs.data, archiveDir: dirs.archive });
const api = await listen(http.createServer(app), port('EXPORT_API_PORT', 4100));
const proxy = await listen(
  createServer({ incomingDir: dirs.incoming, storeDir: dirs.store, upstream: api }),
  port('UPLOAD_PROXY_PORT', 4101),
);

// Who started us with a channel may ask how we are; without one there is nobody to tell.
process.on('message', () => {
  const { rss } = process.memoryUsage();
  process.send({
    openFiles: openFiles(root),
    liveRequests,
    listeners: listeners(),
    pendingPromises: pendingPromises(),
    timers: timers(),
    rss,
  });
});
process.on('disconnect', () => process.exit());
process.send?.({ api, proxy });
console.log(`export-api   ${api}\nupload-proxy ${proxy}`);
