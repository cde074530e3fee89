const ends = { settled: 'crash', exit: 1, unhandledRejections: 1 };

export default ({ downloads }) => ({
  claim: 'an answer that cannot be given any more does not end the process',
  scenarios: downloads({
    path: '/file',
    listener(subject, file, kit) {
      process.env.EXPORT = file;
      return kit.express4().use(subject.default);
    },
    only: [
      'client leaves in the middle',
      'client resets the connection',
      'source fails in the middle',
      'source closes in the middle',
      'source is missing',
      'no fault',
    ],
    before: {
      'client leaves in the middle': ends,
      'client resets the connection': ends,
      'source fails in the middle': ends,
      'source closes in the middle': ends,
      'source is missing': { settled: 'ok', client: 'none' },
    },
    // The handler logs by itself, whatever it was.
    after: {
      'client leaves in the middle': { logged: '>0' },
      'client resets the connection': { logged: '>0' },
    },
  }),
});
