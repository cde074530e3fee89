const leavesGzip = { settled: 'ok', openFds: 1, undestroyed: 2 };

export default ({ downloads }) => ({
  claim: 'no client and no disk can leave a stage open, and only what the disk did reaches `next`',
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
      'source closes in the middle': { client: 'hang', undestroyed: 1 },
    },
    // From Node 23 on, a pipeline into a dead response refuses before it owns its stages. The
    // source holds a file and is destroyed by name; a gzip that nobody names holds only memory.
    after: {
      'client is gone before the start': { logged: 0, undestroyed: '<=1', left: ['', 'Gzip'] },
    },
  }),
});
