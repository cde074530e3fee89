const text = Array.from({ length: 200000 }, (_, n) => `line ${n}`).join('\n');

const work = (prepare = () => {}) => async (subject, kit) => {
  const log = kit.file('log.txt', text);
  const report = kit.path('report.txt');
  const packed = kit.path('report.gz');
  prepare(kit, { report, packed });
  kit.track(subject.work(log, 'line 7', report, packed));
};

const closes = (kit, file) =>
  kit.onStream(kit.isFsWrite(file), (stream) => kit.dies(stream, { after: 100_000 }));

export default {
  claim: 'each of three steps leaves nothing open, and none of them waits for ever',
  scenarios: [
    {
      name: 'all well',
      fault: 'none: the word stands in the 8th line',
      run: work(),
      before: { fulfilled: 1, openFds: 1 },
      after: { fulfilled: 1 },
    },
    {
      name: 'the report closes',
      fault: 'destroy() without an error after 100 kB',
      run: work((kit, { report }) => closes(kit, report)),
      before: { settled: 'hang', pending: 1 },
      after: { rejected: 1 },
    },
    {
      name: 'the packed report closes',
      fault: 'destroy() without an error after 100 kB',
      run: work((kit, { packed }) => closes(kit, packed)),
      before: { settled: 'hang', pending: 1 },
      after: { rejected: 1 },
    },
  ],
};
