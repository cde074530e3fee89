export default ({ downloads }) => ({
  claim: 'a client that leaves settles the promise as before, and no file stays open',
  scenarios: downloads({
    listener: (subject, file, kit) => (req, res) => kit.track(subject.send(file, res)),
    before: {
      'client leaves in the middle': { settled: 'ok', fulfilled: 1, openFds: 1 },
      'client resets the connection': { settled: 'ok', fulfilled: 1, openFds: 1 },
      'client is gone before the start': { settled: 'hang', pending: 1, openFds: 1 },
      'source fails in the middle': { client: 'cut', rejected: 1, openFds: 0 },
      'source closes in the middle': { client: 'hang', pending: 1 },
      'source is missing': { client: 'none', rejected: 1 },
    },
    after: {
      'client leaves in the middle': { fulfilled: 1, logged: 0 },
      'client resets the connection': { fulfilled: 1, logged: 0 },
      'client is gone before the start': { rejected: 1, logged: 0 },
      'source fails in the middle': { client: 'cut', rejected: 1 },
      'source closes in the middle': { client: 'cut' },
      'source is missing': { client: 'none', rejected: 1 },
      'no fault': { client: 'complete', fulfilled: 1 },
    },
  }),
});
