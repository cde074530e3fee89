import path from 'node:path';

export default ({ downloads }) => ({
  claim: 'no client and no disk can leave the file open, and only what the disk did is logged',
  scenarios: downloads({
    path: '/exports/file.bin',
    listener(subject, file, kit) {
      process.env.EXPORTS = path.dirname(file);
      return kit.express4().use(subject.default);
    },
  }),
});
