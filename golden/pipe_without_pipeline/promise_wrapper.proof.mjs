// Four ways a copy ends. The wrapper settles in two of them, and closes both files in one.
const SIZE = 8 << 20;

const copy = (prepare) => (subject, kit) => {
  const from = kit.path('from.bin');
  const to = kit.path('to.bin');
  prepare(kit, from, to);
  kit.track(subject.copy(from, to));
};

export default {
  claim: 'a copy always settles, and always closes both files',
  scenarios: [
    {
      name: 'destination destroyed without an error',
      fault: 'destroy() on the write stream after 1 MB, between two writes',
      run: copy((kit, from, to) => {
        kit.file('from.bin', SIZE);
        kit.onStream(kit.isFsWrite(to), (stream) => kit.dies(stream, { after: 1 << 20 }));
      }),
      before: { pending: 1, undestroyed: 1, openFds: 1 },
      after: { rejected: 1 },
    },
    {
      name: 'source destroyed without an error',
      fault: 'destroy() on the read stream after 1 MB',
      run: copy((kit, from) => {
        kit.file('from.bin', SIZE);
        kit.onStream(kit.isFsRead(from), (stream) => kit.dies(stream, { after: 1 << 20 }));
      }),
      before: { pending: 1, undestroyed: 1, openFds: 1 },
      after: { rejected: 1 },
    },
    {
      name: 'source is not there',
      fault: 'ENOENT from the read stream',
      run: copy(() => {}),
      before: { settled: 'ok', rejected: 1, undestroyed: 1, openFds: 1 },
      after: { rejected: 1 },
    },
    {
      name: 'destination cannot be opened',
      fault: 'ENOENT from the write stream',
      run: (subject, kit) => {
        kit.track(subject.copy(kit.file('from.bin', SIZE), kit.path('no', 'such', 'folder')));
      },
      before: { settled: 'ok', rejected: 1, undestroyed: 1, openFds: 1 },
      after: { rejected: 1 },
    },
    {
      name: 'success',
      fault: 'none',
      run: copy((kit, from, to) => {
        kit.file('from.bin', SIZE);
        kit.metric('copied', () => kit.size(to));
      }),
      before: { settled: 'ok', undestroyed: 0, openFds: 0, pending: 0, copied: SIZE },
      after: { fulfilled: 1, copied: SIZE },
    },
  ],
};
