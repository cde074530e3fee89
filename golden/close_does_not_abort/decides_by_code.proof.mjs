// A feed that says one thing and falls silent, or fails.
const follow = (client, prepare = () => {}) => async (subject, kit) => {
  kit.onStream(kit.isA('PassThrough'), prepare);
  const server = await kit.serve((req, res) => void kit.track(subject.default(req, res)));
  await kit.client(server, client);
};

export default {
  claim: 'a client that left is no failure, whatever its code; a feed that fails still is one',
  scenarios: [
    {
      name: 'client leaves',
      fault: 'the client closes after the first line, nothing more comes',
      run: follow({ leaveAfter: 3 }),
      before: { pending: 1, undestroyed: '>=1' },
      after: { client: 'left', fulfilled: 1, rejected: 0 },
    },
    {
      name: 'the feed fails',
      fault: 'destroy(err) on the feed',
      run: follow({}, (feed) => setImmediate(() => feed.destroy(new Error('EIO')))),
      before: { rejected: 1 },
      after: { rejected: 1, client: ['cut', 'none'] },
    },
  ],
};
