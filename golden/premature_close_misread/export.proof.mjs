// What the handler says of each fault, and that it says the same on every line.
const QUIET = ['client leaves in the middle', 'client is gone before the start', 'no fault'];

export default ({ downloads }) => ({
  claim: 'a source that closes early is logged as a failure, and a client that left is not',
  scenarios: downloads({
    path: '/export',
    listener(subject, file) {
      process.env.FILE = file;
      return subject.default;
    },
    only: [...QUIET, 'source closes in the middle', 'source fails in the middle'],
    before: {
      'client leaves in the middle': { settled: 'ok', openFds: 0, logged: 0 },
      // ERR_STREAM_UNABLE_TO_PIPE is not the code that is asked for.
      'client is gone before the start': {
        '<23': { settled: 'ok', openFds: 0, logged: 0 },
        '>=23': { settled: 'ok', openFds: 0, logged: 1 },
      },
      'source closes in the middle': { settled: 'ok', client: 'cut', logged: 0 },
      'source fails in the middle': { settled: 'ok', client: 'cut', logged: 1 },
    },
    after: {
      'source closes in the middle': { client: 'cut', logged: 1 },
      'source fails in the middle': { client: 'cut', logged: 1 },
    },
  }),
});
