const leavesGzip = { settled: 'ok', openFds: 1, undestroyed: 2 };

export default ({ downloads }) => ({
  claim: 'the error page still comes when no byte went out, and every stage is closed by then',
  scenarios: downloads({
    path: '/log',
    listener(subject, file) {
      process.env.LOG = file;
      return subject.default;
    },
    before: {
      'client leaves in the middle': leavesGzip,
      'client resets the connection': leavesGzip,
      'client is gone before the start': leavesGzip,
      'source fails in the middle': { client: 'cut', undestroyed: 1 },
      'source closes in the middle': { client: 'hang', undestroyed: 1 },
      'source is missing': { client: 'complete', clientStatus: 404, undestroyed: 1 },
    },
    after: {
      'client is gone before the start': { logged: 0, undestroyed: '<=1', left: ['', 'Gzip'] },
      'source is missing': { client: 'complete', clientStatus: 404, logged: 1 },
    },
  }),
});
