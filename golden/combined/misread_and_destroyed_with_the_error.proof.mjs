export default ({ downloads }) => ({
  claim: 'no client is taken for a failure, no failure for a client, and nothing ends the process',
  scenarios: downloads({
    listener: (subject, file) => subject.server(file).listeners('request')[0],
    only: ['client leaves in the middle', 'client is gone before the start', 'source closes in the middle', 'no fault'],
    before: {
      'client leaves in the middle': { undestroyed: 0, openFds: 0, logged: 0 },
      // A pipeline into a dead response leaves its source open from Node 23 on, and the error it is
      // destroyed with is heard by nobody.
      'client is gone before the start': {
        '<23': { settled: 'ok' },
        '>=23': { settled: 'crash' },
      },
      'source closes in the middle': { logged: 0 },
    },
    after: {
      'client is gone before the start': { logged: 0 },
    },
  }),
});
