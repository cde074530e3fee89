const text = Array.from({ length: 200000 }, (_, n) => `line ${n}`).join('\n');

const pack = (prepare = () => {}) => async (subject, kit) => {
  const from = kit.file('log.txt', text);
  const to = kit.path('log.gz');
  prepare(kit, to);
  kit.track(subject.pack(from, to, 'line 7'));
};

export default {
  claim: 'a scan that has found its word closes the log, and a target that closes is a failure',
  scenarios: [
    {
      name: 'found early',
      fault: 'none: the word stands in the 8th line',
      run: pack(),
      before: { fulfilled: 1, openFds: 1 },
      after: { fulfilled: 1 },
    },
    {
      name: 'the target closes',
      fault: 'destroy() without an error as soon as it is open',
      run: pack((kit, to) => {
        kit.onStream(kit.isFsWrite(to), (stream) => stream.once('open', () => stream.destroy()));
      }),
      before: { settled: 'hang', pending: 1 },
      after: { rejected: 1 },
    },
  ],
};
