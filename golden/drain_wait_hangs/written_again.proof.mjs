// `while (!out.write(row))` writes a row again for every time the file was full.
const rows = Array.from({ length: 20 }, () => 'x'.repeat(10_000));

export default {
  claim: 'every row is written once',
  scenarios: [
    {
      name: 'more rows than the buffer holds',
      fault: 'none: the file is merely slower than the loop',
      run: (subject, kit) => {
        kit.track(subject.save(rows, kit.path('rows.txt')));
        kit.metric('size', () => kit.size(kit.path('rows.txt')));
      },
      before: { settled: 'ok', fulfilled: 1, size: '>200000' },
      after: { fulfilled: 1, size: 200_000 },
    },
  ],
};
