// The typed helper does what the plain one does.
const rows = async function* (count) {
  for (let i = 0; i < count; i += 1) yield 'x'.repeat(40_000);
};

const save = (prepare = () => {}) => async (subject, kit) => {
  const path = kit.path('rows.txt');
  prepare(kit, (call) => kit.onStream(kit.isFsWrite(path), call));
  const given = rows(50);
  kit.track(subject.exportRows(given, path));
};

export default {
  claim: 'whoever waits for a file to drain hears that it is gone',
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
      before: { settled: 'ok', fulfilled: 1, size: 50 * 40_002 },
      after: { fulfilled: 1, size: 50 * 40_002 },
    },
  ],
};
