// The rewrite without a helper: a race of drain and close under one signal.
const save = (prepare = () => {}) => async (subject, kit) => {
  const path = kit.path('rows.txt');
  prepare(kit, (call) => kit.onStream(kit.isFsWrite(path), call));
  const given = Array(50).fill('x'.repeat(40_000));
  kit.track(subject.save(given, path));
};

export default {
  claim: 'a race done right ends as well as the helper does',
  scenarios: [
    {
      name: 'destroyed without an error, nothing in flight',
      fault: "destroy() in the file's 'open' listener",
      run: save((kit, found) => found((file) => file.once('open', () => file.destroy()))),
      before: { pending: 1, rejected: 0 },
      after: { rejected: 1 },
    },
    {
      name: 'ended by somebody else',
      fault: 'end() right after the first write that returned false',
      run: save((kit, found) => found((file) => kit.whenFull(file, () => file.end()))),
      before: { pending: 1, rejected: 0 },
      after: { rejected: 1 },
    },
    {
      name: 'the disk fails',
      fault: 'the write fails after 100 kB',
      run: save((kit, found) => found((file) => kit.writeFails(file, { after: 100_000 }))),
      before: { pending: 0, rejected: 1 },
      after: { rejected: 1 },
    },
    {
      name: 'success',
      fault: 'none',
      run: save((kit, found) => {
        found((file) => kit.watch(file));
        kit.metric('size', () => kit.size(kit.path('rows.txt')));
      }),
      before: { settled: 'ok', fulfilled: 1, size: 50 * 40_000 + 3 },
      after: { fulfilled: 1, size: 50 * 40_000 + 3 },
    },
  ],
};
