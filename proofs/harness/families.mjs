// Faults that many rewrites have in common, written once.
//
// A proof whose default export is a function is called with these: `({ copies }) => ({ claim,
// scenarios: copies({ … }) })`. Each family takes what differs between the cases, and in `before`
// and `after` what a case claims otherwise, by scenario name.

import fs from 'node:fs';
import { pipeline } from 'node:stream/promises';

const SIZE = 8 << 20;
const MIDDLE = 1 << 20;

function claimed(scenarios, { before = {}, after = {}, only = null }) {
  return scenarios
    .filter(({ name }) => only === null || only.includes(name))
    .map((scenario) => ({
      ...scenario,
      before: before[scenario.name] ?? scenario.before,
      after: after[scenario.name] ?? scenario.after,
    }));
}

/**
 * One file is copied, packed, …: `call(subject, from, to)` returns the promise of the copy;
 * `target(to)` is the file really written.
 */
export function copies({ call, target = (to) => to, ...claims }) {
  const copy = (prepare) => (subject, kit) => {
    const from = kit.path('from.bin');
    const to = kit.path('to.bin');
    prepare(kit, from, target(to));
    kit.track(call(subject, from, to));
  };
  const filled = (kit) => kit.file('from.bin', kit.noise(SIZE));
  const scenarios = [
    {
      name: 'destination closes',
      fault: 'destroy() without an error on the write stream after 1 MB, between two writes',
      run: copy((kit, from, to) => {
        filled(kit);
        kit.onStream(kit.isFsWrite(to), (stream) => kit.dies(stream, { after: MIDDLE }));
      }),
      before: { settled: 'hang', pending: 1, openFds: 1 },
      after: { rejected: 1 },
    },
    {
      name: 'destination fails',
      fault: 'a write after 1 MB fails',
      run: copy((kit, from, to) => {
        filled(kit);
        kit.onStream(kit.isFsWrite(to), (stream) => kit.writeFails(stream, { after: MIDDLE }));
      }),
      before: { settled: 'ok', rejected: 1, openFds: 1 },
      after: { rejected: 1 },
    },
    {
      name: 'destination cannot be opened',
      fault: 'its path is a folder: EISDIR',
      run: copy((kit, from, to) => {
        filled(kit);
        kit.folder(to);
      }),
      before: { settled: 'ok', rejected: 1, openFds: 1 },
      after: { rejected: 1 },
    },
    {
      name: 'source closes',
      fault: 'destroy() without an error on the read stream after 1 MB',
      run: copy((kit, from) => {
        filled(kit);
        kit.onStream(kit.isFsRead(from), (stream) => kit.dies(stream, { after: MIDDLE }));
      }),
      before: { settled: 'hang', pending: 1, openFds: 1 },
      after: { rejected: 1 },
    },
    {
      name: 'source fails',
      fault: 'destroy(err) on the read stream after 1 MB',
      run: copy((kit, from) => {
        filled(kit);
        kit.onStream(kit.isFsRead(from), (stream) => kit.fails(stream, { after: MIDDLE }));
      }),
      before: { settled: 'ok', rejected: 1, openFds: 1 },
      after: { rejected: 1 },
    },
    {
      name: 'source is missing',
      fault: 'ENOENT',
      run: copy(() => {}),
      before: { settled: 'ok', rejected: 1, openFds: 1 },
      after: { rejected: 1 },
    },
    {
      name: 'no fault',
      fault: 'none',
      run: copy((kit, from, to) => {
        filled(kit);
        kit.metric('copied', () => kit.size(to));
      }),
      before: { fulfilled: 1, undestroyed: 0, openFds: 0, copied: `>=${SIZE}` },
      after: { fulfilled: 1, copied: `>=${SIZE}` },
    },
  ];
  return claimed(scenarios, claims);
}

/**
 * A file goes to a client: `listener(subject, file, kit)` returns the request listener or app that
 * serves it at `path`. What the client's leaving must not do is be logged as an error.
 */
export function downloads({ listener, path = '/', ...claims }) {
  const download = (client, prepare = () => {}, late = false) => async (subject, kit) => {
    const file = kit.path('file.bin');
    prepare(kit, file);
    const served = listener(subject, file, kit);
    const server = await kit.serve(late ? kit.afterLeaving(served) : served);
    await kit.client(server, { path, ...client });
  };
  const filled = (kit) => kit.file('file.bin', 64 << 20);
  const scenarios = [
    {
      name: 'client leaves in the middle',
      fault: 'the client closes after 20 kB of 64 MB',
      run: download({ leaveAfter: 20000 }, filled),
      before: { settled: 'ok', openFds: 1 },
      after: { logged: 0 },
    },
    {
      name: 'client resets the connection',
      fault: 'RST after 20 kB of 64 MB',
      run: download({ leaveAfter: 20000, how: 'rst' }, filled),
      before: { settled: 'ok', openFds: 1 },
      after: { logged: 0 },
    },
    {
      name: 'client is gone before the start',
      fault: 'the response is closed before the handler runs',
      run: download({ leaveAfter: 0 }, filled, true),
      before: { settled: 'ok', openFds: 1 },
      after: { logged: 0 },
    },
    {
      name: 'source fails in the middle',
      fault: 'destroy(err) on the read stream after 1 MB',
      run: download({}, (kit, file) => {
        filled(kit);
        kit.onStream(kit.isFsRead(file), (stream) => kit.fails(stream, { after: MIDDLE }));
      }),
      before: { settled: 'crash', exit: 1 },
      after: { client: 'cut', logged: '>0' },
    },
    {
      name: 'source closes in the middle',
      fault: 'destroy() without an error on the read stream after 1 MB',
      run: download({}, (kit, file) => {
        filled(kit);
        kit.onStream(kit.isFsRead(file), (stream) => kit.dies(stream, { after: MIDDLE }));
      }),
      before: { client: 'hang' },
      after: { client: 'cut', logged: '>0' },
    },
    {
      name: 'source is missing',
      fault: 'ENOENT',
      run: download({}),
      before: { settled: 'crash', exit: 1 },
      after: { client: 'none', logged: '>0' },
    },
    {
      name: 'no fault',
      fault: 'none',
      run: download({}, (kit) => kit.file('file.bin', SIZE)),
      before: { client: 'complete', undestroyed: 0, openFds: 0, logged: 0 },
      after: { client: 'complete', clientBytes: `>=${SIZE}`, logged: 0 },
    },
  ];
  return claimed(scenarios, claims);
}

/**
 * Ten files go through ten stages of the subject: `stages(subject, kit)` returns those of one
 * pipeline. `trips` and `plain` are the bytes of a file with the fault and of one without, read
 * `chunk` bytes at a time; `passes(bytes)` is what must come out. Metric `whole`: the files that
 * came out so, byte for byte.
 */
export function stages({ stages: made, trips, plain, chunk, passes = (bytes) => bytes, ...claims }) {
  const ten = (bytes, prepare = () => {}) => (subject, kit) => {
    prepare();
    const from = kit.file('from.bin', bytes);
    const targets = Array.from({ length: 10 }, (_, n) => kit.path(`to-${n}.bin`));
    for (const to of targets) {
      const source = fs.createReadStream(from, { highWaterMark: chunk });
      kit.track(pipeline([source, ...made(subject, kit), fs.createWriteStream(to)]));
    }
    const wanted = Buffer.from(passes(bytes));
    const isWhole = (to) => fs.existsSync(to) && fs.readFileSync(to).equals(wanted);
    kit.metric('whole', () => targets.filter(isWhole).length);
  };
  const scenarios = [
    {
      name: 'a chunk that trips it',
      fault: 'one chunk in each of ten files',
      run: ten(trips),
      before: { settled: 'hang', pending: 10, openFds: '>=10' },
      after: { fulfilled: 10, whole: 10 },
    },
    {
      name: 'the process goes on',
      fault: 'the same, and the process listens for what nobody caught',
      run: ten(trips, () => {
        process.on('uncaughtException', () => {});
        process.on('unhandledRejection', () => {});
      }),
      before: { settled: 'hang', pending: 10, openFds: '>=10' },
      after: { rejected: 10, whole: 0 },
    },
    {
      name: 'no fault',
      fault: 'none',
      run: ten(plain),
      before: { fulfilled: 10, whole: 10, openFds: 0, undestroyed: 0 },
      after: { fulfilled: 10, whole: 10 },
    },
  ];
  return claimed(scenarios, claims);
}
