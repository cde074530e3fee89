export default ({ downloads }) => ({
  claim: 'a client that leaves while the archive is made closes the file that is being packed',
  scenarios: downloads({
    listener(subject, file) {
      process.env.REPORT = file;
      return subject.default;
    },
    only: [
      'client leaves in the middle', 'client resets the connection',
      'client is gone before the start', 'source fails in the middle',
      'source closes in the middle', 'no fault',
    ],
  }),
});
