// A feed that has said one thing and then falls silent, and a client that does not wait.
const follow = (client) => async (subject, kit) => {
  const server = await kit.serve((req, res) => void kit.track(subject.follow(req, res)));
  await kit.client(server, client);
};

export default {
  claim: 'a client that leaves a silent feed closes it',
  scenarios: [
    {
      name: 'client leaves',
      fault: 'the client closes after the first line, nothing more comes',
      run: follow({ leaveAfter: 5 }),
      before: { pending: 1, undestroyed: '>=1' },
      after: { client: 'left', fulfilled: 1 },
    },
    {
      name: 'client resets the connection',
      fault: 'RST after the first line',
      run: follow({ leaveAfter: 5, how: 'rst' }),
      before: { pending: 1, undestroyed: '>=1' },
      after: { client: 'left', fulfilled: 1 },
    },
    {
      name: 'success',
      fault: 'none: the feed ends',
      async run(subject, kit) {
        kit.onStream((stream) => stream.readableObjectMode, (feed) => setImmediate(() => feed.push(null)));
        await follow({})(subject, kit);
      },
      before: { client: 'complete', fulfilled: 1, logged: 0, undestroyed: 0 },
      after: { client: 'complete', fulfilled: 1, logged: 0 },
    },
  ],
};
