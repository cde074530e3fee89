const ends = { settled: 'crash', exit: 1 };

export default ({ downloads }) => ({
  claim: 'no client that leaves ends the process, and what the disk did is logged',
  scenarios: downloads({
    path: '/',
    listener: (subject, file) => subject.serve(file).listeners('request')[0],
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
