export default ({ stages }) => ({
  claim: 'what cannot be decoded rejects the pipeline on every Node, and ends no process',
  scenarios: stages({
    stages: (subject) => [subject.default()],
    trips: 'a%20b\n%E0%A4%\n',
    plain: 'a%20b\nc%20d\n',
    chunk: 6,
    passes: (text) => text.replaceAll('%20', ' ').replaceAll('\n', ''),
    before: {
      'a chunk that trips it': {
        '<24': { settled: 'crash', exit: 1, uncaughtExceptions: 1, openFds: '>0' },
        '>=24': { rejected: 10, openFds: 0 },
      },
      'the process goes on': {
        '<24': { settled: 'hang', pending: 10, openFds: '>=10' },
        '>=24': { rejected: 10, openFds: 0 },
      },
    },
    after: { 'a chunk that trips it': { rejected: 10, whole: 0 } },
  }),
});
