import { Transform } from 'node:stream';

const written = () =>
  new Transform({
    writableObjectMode: true,
    transform: (row, encoding, callback) => callback(null, `${JSON.stringify(row)}\n`),
  });

export default ({ stages }) => ({
  claim: 'a line that cannot be read rejects the pipeline on every Node, and ends no process',
  scenarios: stages({
    stages: (subject) => [subject.parsed(), written()],
    trips: '{"n":1}\n{"n":2]\n{"n":3}\n',
    plain: '{"n":1}\n{"n":2}\n{"n":3}\n',
    chunk: 8,
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
