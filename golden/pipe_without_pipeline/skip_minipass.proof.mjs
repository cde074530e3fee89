import { once } from 'node:events';

const CHUNK = Buffer.alloc(65536, 'x');
const COUNT = 64;

/** Writes as long as it is taken, and stops at an 'error', or when nothing moves any more. */
const feed = (prepare) => async (subject, kit) => {
  const to = kit.path('to.bin');
  prepare(kit, to);
  kit.metric('written', () => kit.size(to));
  const source = subject.default(to);
  let failed = false;
  let stuck = false;
  kit.metric('heard', () => failed);
  source.on('error', () => {
    failed = true;
  });
  for (let i = 0; i < COUNT && !failed && !stuck; i += 1) {
    if (source.write(CHUNK)) continue;
    const drained = once(source, 'drain').then(() => true, () => true);
    stuck = !(await Promise.race([drained, kit.quiet().then(() => false)]));
  }
  if (stuck) return;
  if (!failed) source.end();
  await kit.quiet();
  // Minipass does not destroy itself at its end, nor does pipeline destroy what has ended.
  if (source.readable === false) source.destroy();
};

export default {
  claim: 'the one who writes hears that the file can take no more, however that came about',
  scenarios: [
    {
      name: 'destination closes',
      fault: 'destroy() without an error after 1 MB',
      run: feed((kit, to) => kit.onStream(kit.isFsWrite(to), (it) => kit.dies(it, { after: 1 << 20 }))),
      before: { undestroyed: 1, heard: false },
      after: { heard: true, logged: 1 },
    },
    {
      name: 'destination fails',
      fault: 'a write after 1 MB fails',
      run: feed((kit, to) =>
        kit.onStream(kit.isFsWrite(to), (it) => kit.writeFails(it, { after: 1 << 20 }))),
      before: { settled: 'crash', exit: 1 },
      after: { heard: true, logged: 1 },
    },
    {
      name: 'no fault',
      fault: 'none',
      run: feed(() => {}),
      before: { undestroyed: 0, openFds: 0, written: COUNT * CHUNK.length, heard: false },
      after: { written: COUNT * CHUNK.length, heard: false, logged: 0 },
    },
  ],
};
