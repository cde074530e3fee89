const SIZE = 8 << 20;
const MIDDLE = 1 << 20;

const mirror = (prepare) => (subject, kit) => {
  const from = kit.file('from.bin', kit.noise(SIZE));
  const [a, b] = [kit.path('a.bin'), kit.path('b.bin')];
  prepare(kit, { from, a, b });
  kit.metric('whole', () => [a, b].filter((each) => kit.size(each) === SIZE).length);
  kit.track(subject.mirror(from, a, b));
};

const each = (name, fault, prepare, before) => ({
  name,
  fault,
  run: mirror(prepare),
  before,
  after: { rejected: 1, whole: 0 },
});

export default {
  claim: 'when one of two copies fails, both end and the promise says so; else both are whole',
  scenarios: [
    each(
      'first destination closes',
      'destroy() without an error on it after 1 MB',
      (kit, { a }) => kit.onStream(kit.isFsWrite(a), (it) => kit.dies(it, { after: MIDDLE })),
      // From Node 26 on the other copy goes on, and the promise says that all went well.
      { '<26': { settled: 'hang', openFds: 2 }, '>=26': { fulfilled: 1, whole: 1 } },
    ),
    each(
      'second destination fails',
      'a write to it after 1 MB fails',
      (kit, { b }) => kit.onStream(kit.isFsWrite(b), (it) => kit.writeFails(it, { after: MIDDLE })),
      // The other copy went on to its end, though nobody hears of it any more.
      { rejected: 1, openFds: 0, whole: 1 },
    ),
    each(
      'second destination cannot be opened',
      'its path is a folder: EISDIR',
      (kit, { b }) => kit.folder(b),
      { rejected: 1, openFds: 0, whole: 1 },
    ),
    each(
      'source fails',
      'destroy(err) on the read stream after 1 MB',
      (kit, { from }) => kit.onStream(kit.isFsRead(from), (it) => kit.fails(it, { after: MIDDLE })),
      { rejected: 1, openFds: 2 },
    ),
    each(
      'source closes',
      'destroy() without an error on the read stream after 1 MB',
      (kit, { from }) => kit.onStream(kit.isFsRead(from), (it) => kit.dies(it, { after: MIDDLE })),
      { settled: 'hang', openFds: 2 },
    ),
    {
      name: 'no fault',
      fault: 'none',
      run: mirror(() => {}),
      before: { fulfilled: 1, undestroyed: 0, openFds: 0, whole: 2 },
      after: { fulfilled: 1, whole: 2 },
    },
  ],
};
