const rows = Array.from({ length: 20000 }, (_, n) => `${n} `.repeat(10));

export default ({ copies }) => ({
  claim: 'what closes or fails under either function rejects it, and leaves nothing open',
  scenarios: [
    {
      name: 'the report closes',
      fault: 'destroy() without an error after 100 kB',
      async run(subject, kit) {
        const to = kit.path('report.txt');
        kit.onStream(kit.isFsWrite(to), (stream) => kit.dies(stream, { after: 100_000 }));
        kit.track(subject.write(rows, to));
      },
      before: { settled: 'hang', pending: 1 },
      after: { rejected: 1 },
    },
    ...copies({
      call: (subject, from, to) => subject.compress(from, to),
      before: {
        'source fails': { settled: 'crash' },
        'source is missing': { settled: 'crash' },
      },
    }),
  ],
});
