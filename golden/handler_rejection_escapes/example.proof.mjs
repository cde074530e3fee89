import path from 'node:path';

// The process ends with the first client that leaves: nobody takes the rejection.
const ends = { settled: 'crash', exit: 1, unhandledRejections: 1 };

export default ({ downloads }) => ({
  claim: 'no client that leaves ends the process, and what the disk did is logged',
  scenarios: downloads({
    path: '/exports/file.bin',
    listener(subject, file, kit) {
      process.env.EXPORTS = path.dirname(file);
      return kit.express4().use(subject.default);
    },
    before: {
      'client leaves in the middle': ends,
      'client resets the connection': ends,
      'client is gone before the start': ends,
      'source fails in the middle': ends,
      'source closes in the middle': ends,
      'source is missing': ends,
    },
  }),
});
