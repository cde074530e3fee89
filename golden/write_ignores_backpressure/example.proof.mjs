// Rows that come faster than the disk takes them, and what may happen to the file meanwhile.
const COUNT = 200;
const rows = async function* () {
  for (let i = 0; i < COUNT; i += 1) {
    if (i % 50 === 0) await new Promise(setImmediate);
    yield 'x'.repeat(9_997);
  }
};

const save = (prepare = () => {}) => (subject, kit) => {
  const path = kit.path('rows.txt');
  kit.onStream(kit.isFsWrite(path), (file) => {
    kit.watch(file);
    prepare(kit, file);
  });
  kit.metric('size', () => kit.size(path));
  kit.track(subject.save(rows(), path));
};

export default {
  claim: 'memory holds what the stream asks for, and no part of a file is taken for the whole',
  scenarios: [
    {
      name: 'success',
      fault: 'none: the producer is faster than the disk',
      run: save(),
      before: { fulfilled: 1, size: COUNT * 10_000, peakWritableLength: '>400000' },
      after: { fulfilled: 1, size: COUNT * 10_000, peakWritableLength: '<80000' },
    },
    {
      name: 'destroyed without an error, nothing in flight',
      fault: "destroy() in the file's 'open' listener",
      run: save((kit, file) => file.once('open', () => file.destroy())),
      before: { settled: 'ok', fulfilled: 1 },
      after: { rejected: 1 },
    },
    {
      name: 'ended by somebody else',
      fault: 'end() right after the first write that returned false',
      run: save((kit, file) => kit.whenFull(file, () => file.end())),
      before: { settled: 'crash', uncaughtExceptions: 1 },
      after: { rejected: 1 },
    },
    {
      name: 'the disk fails, and nobody listens',
      fault: 'the write fails after 100 kB',
      run: save((kit, file) => kit.writeFails(file, { after: 100_000 })),
      before: { settled: 'crash', exit: '>0', uncaughtExceptions: 1 },
      after: { settled: 'crash', exit: '>0', uncaughtExceptions: 1, pending: [0, 1] },
    },
    {
      name: 'the disk fails, and somebody listens',
      fault: 'the write fails after 100 kB',
      run: save((kit, file) => {
        file.on('error', () => {});
        kit.writeFails(file, { after: 100_000 });
      }),
      before: { settled: 'ok', fulfilled: 1 },
      after: { rejected: 1 },
    },
  ],
};
