/**
 * Runs the service's own functions, injects one fault into each and counts what is left.
 *
 *     node scripts/faults.mjs [--json] [NAME ...]
 *
 * Every drill is a process of its own: a crash is a result, and so is a promise that never settles.
 */
import { fork } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { writeOrders } from './orders.mjs';
import { openFiles, settled, watchFileStreams } from './vitals.mjs';

const CALLS = 5;
const FILE_BYTES = 4 * 1024 * 1024;
const PACKAGES = new URL('../packages/', import.meta.url);

const load = (file) => import(new URL(file, PACKAGES));

/**
 * Faults. Each gets a stream that the code under test has just created, and strikes as soon as it
 * is open: a write in flight would turn a close into an error now and then.
 */
const closes = (stream) => stream.once('open', () => stream.destroy());
const fails = (stream) => stream.once('open', () => stream.destroy(new Error('EIO: i/o error')));

async function publish() {
  return (await load('report-worker/src/publish.ts')).publish;
}

/** A path in a directory that somebody removed. */
const gone = (dir) => path.join(dir, 'removed', 'file');

const drills = {
  'archive: the disk is gone': {
    file: 'packages/export-api/src/archive.js',
    async call({ dir, source }) {
      const { archive } = (await load('export-api/src/archive.js')).default;
      return () => archive(source, path.dirname(gone(dir)));
    },
  },
  'archive: the target closes': {
    file: 'packages/export-api/src/archive.js',
    write: closes,
    async call({ dir, source }) {
      const { archive } = (await load('export-api/src/archive.js')).default;
      return () => archive(source, dir);
    },
  },
  'archive: the source fails': {
    file: 'packages/export-api/src/archive.js',
    read: fails,
    async call({ dir, source }) {
      const { archive } = (await load('export-api/src/archive.js')).default;
      return () => archive(source, dir);
    },
  },
  'publish: the disk is gone': {
    file: 'packages/report-worker/src/publish.ts',
    async call({ dir, source }) {
      const publishTo = await publish();
      return () => publishTo(source, gone(dir));
    },
  },
  'publish: the source closes': {
    file: 'packages/report-worker/src/publish.ts',
    read: closes,
    async call({ dir, source }) {
      const publishTo = await publish();
      return (n) => publishTo(source, path.join(dir, `published-${n}`));
    },
  },
  'store: the target closes': {
    file: 'packages/upload-proxy/src/store.mjs',
    write: closes,
    async call({ dir, source }) {
      const { store } = await load('upload-proxy/src/store.mjs');
      fs.mkdirSync(path.join(dir, 'store'));
      return (n) => {
        const upload = path.join(dir, `upload-${n}`);
        fs.copyFileSync(source, upload);
        return store(upload, path.join(dir, 'store'));
      };
    },
  },
  'rotate: the target closes': {
    file: 'packages/report-worker/src/rotate.ts',
    write: closes,
    async call({ dir, source }) {
      const { rotate } = await load('report-worker/src/rotate.ts');
      return (n) => rotate(source, path.join(dir, `log-${n}.gz`));
    },
  },
  'report: the target closes': {
    file: 'packages/report-worker/src/report.ts',
    write: closes,
    async call({ dir }) {
      const { writeReport } = await load('report-worker/src/report.ts');
      const orders = Array.from({ length: 5000 }, (_, id) => ({ id, customer: 'Ada', amount: 1 }));
      return (n) => writeReport(orders, path.join(dir, `report-${n}`));
    },
  },
  'snapshot: the disk is gone': {
    file: 'packages/report-worker/src/snapshot.ts',
    async call({ dir, source }) {
      const { snapshot } = await load('report-worker/src/snapshot.ts');
      return () => snapshot(source, gone(dir));
    },
  },
};

/** In the child: CALLS calls at once; tells the parent what is left when nothing moves any more. */
async function run(name, dir) {
  const drill = drills[name];
  const source = path.join(dir, 'orders.ndjson');
  watchFileStreams((stream, kind) => drill[kind]?.(stream));
  const call = await drill.call({ dir, source });

  const counted = { pending: CALLS, resolved: 0, rejected: 0 };
  const count = (outcome) => () => {
    counted.pending -= 1;
    counted[outcome] += 1;
  };
  for (let n = 0; n < CALLS; n += 1) call(n).then(count('resolved'), count('rejected'));

  process.send(await settled(() => ({ openFiles: openFiles(dir), ...counted })), () =>
    process.exit(),
  );
}

/** In the parent: one drill in a directory and a process of its own. */
function drillResult(name, dir) {
  return new Promise((resolve) => {
    const none = { openFiles: 0, pending: 0, resolved: 0, rejected: 0 };
    let told = null;
    const child = fork(fileURLToPath(import.meta.url), ['--run', name, '--dir', dir], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      timeout: 30_000,
      killSignal: 'SIGKILL',
    });
    child.on('message', (message) => (told = message));
    child.on('close', () => {
      const { file } = drills[name];
      resolve({ name, file, calls: CALLS, ...(told ?? none), crashed: told === null ? 1 : 0 });
    });
  });
}

async function main(names, json) {
  const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'leaky-faults-')));
  const original = path.join(root, 'orders.ndjson');
  writeOrders(original, FILE_BYTES);
  const results = [];
  for (const [n, name] of names.entries()) {
    const dir = path.join(root, String(n));
    fs.mkdirSync(dir);
    fs.copyFileSync(original, path.join(dir, 'orders.ndjson'));
    results.push(await drillResult(name, dir));
  }
  fs.rmSync(root, { recursive: true });

  if (json) {
    console.log(JSON.stringify(results));
    return;
  }
  const print = (name, ...cells) =>
    console.log(name.padEnd(30) + cells.map((cell) => String(cell).padStart(17)).join(''));
  console.log(`${CALLS} calls each, one fault in every call; what was left:\n`);
  print('', 'open files', 'pending promises', 'crashed');
  for (const { name, openFiles, pending, crashed } of results) {
    print(name, openFiles, pending, crashed ? 'yes' : 'no');
  }
}

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    run: { type: 'string' },
    dir: { type: 'string' },
  },
});
const unknown = positionals.filter((name) => !Object.hasOwn(drills, name));
if (unknown.length > 0) {
  console.error(`no such drill: ${unknown.join(', ')}\nthere are:\n  ${Object.keys(drills).join('\n  ')}`);
  process.exitCode = 2;
} else if (options.run !== undefined) {
  await run(options.run, options.dir);
} else {
  await main(positionals.length > 0 ? positionals : Object.keys(drills), options.json);
}
