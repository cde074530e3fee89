// The same without a helper, where the stream's errors are heard all along.
const COUNT = 200;
const rows = async function* () {
  for (let i = 0; i < COUNT; i += 1) {
    if (i % 50 === 0) await new Promise(setImmediate);
    yield 'x'.repeat(10_000);
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
      name: 'ended by somebody else',
      fault: 'end() right after the first write that returned false',
      run: save((kit, file) => kit.whenFull(file, () => file.end())),
      before: { fulfilled: 1 },
      after: { rejected: 1 },
    },
    {
      name: 'the disk fails',
      fault: 'the write fails after 100 kB',
      run: save((kit, file) => kit.writeFails(file, { after: 100_000 })),
      before: { fulfilled: 1 },
      after: { rejected: 1 },
    },
  ],
};
