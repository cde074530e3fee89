// Nobody waits, before or after: a failure that ended the process must still end it.
const crash = { settled: 'crash', exit: 1, uncaughtExceptions: 1 };
const stillLoud = {
  settled: 'crash', exit: 1, unhandledRejections: 1, undestroyed: '>=0', openFds: '>=0',
};
const loud = (...names) => Object.fromEntries(names.map((name) => [name, stillLoud]));

// All of the source in memory, since the disk takes no chunk before the next turn but one.
const slow = {
  name: 'slow disk',
  fault: 'each write takes 5 ms',
  run(subject, kit) {
    const to = kit.path('to.bin');
    kit.onStream(kit.isFsWrite(to), (file) => {
      kit.watch(file);
      const { _write } = file;
      file._writev = null;
      file._write = (...args) => void setTimeout(() => _write.apply(file, args), 5);
    });
    subject.copy(kit.file('from.bin', 8 << 20), to);
  },
  before: { settled: 'ok', peakWritableLength: '>4000000' },
  after: { settled: 'ok', peakWritableLength: '<200000' },
};

export default ({ copies }) => ({
  claim: 'the copy waits for a slow disk; a failure nobody hears ends the process as before',
  scenarios: [
    slow,
    ...copies({
      call: (subject, from, to) => subject.copy(from, to),
      before: {
        'destination closes': { settled: 'ok', exit: 0 },
        'destination fails': crash,
        'destination cannot be opened': crash,
        'source closes': { settled: 'ok', exit: 0, openFds: 1 },
        'source fails': crash,
        'source is missing': crash,
      },
      after: loud(
        'destination closes',
        'destination fails',
        'destination cannot be opened',
        'source closes',
        'source fails',
        'source is missing',
      ),
    }),
  ],
});
