// Nothing is said of a download that succeeds, and a source that closes early is said to fail.
export default ({ downloads }) => ({
  claim: 'a callback logs a source that closes early, and neither success nor a client that left',
  scenarios: downloads({
    path: '/two',
    listener(subject, file) {
      process.env.FILE = file;
      return subject.default;
    },
    only: ['client leaves in the middle', 'source closes in the middle', 'no fault'],
    before: {
      'client leaves in the middle': { settled: 'ok', openFds: 0, logged: 0 },
      'source closes in the middle': { settled: 'ok', client: 'cut', logged: 0 },
    },
    after: { 'source closes in the middle': { client: 'cut', logged: 1 } },
  }),
});
