// A handler that writes table after table, and a client that has seen enough.
const serve = (client, { count } = {}) => async (subject, kit) => {
  let opened = 0;
  function* tables() {
    for (let i = 0; i < 2; i += 1) {
      opened += 1;
      yield kit.source({ count });
    }
  }
  kit.metric('opened', () => opened);
  const dump = subject.dump(tables);
  const server = await kit.serve((req, res) => void kit.track(dump(req, res)));
  await kit.client(server, client);
};

export default {
  claim: 'a handler whose client left ends, and closes what it reads',
  scenarios: [
    {
      name: 'client leaves',
      fault: 'the client destroys its socket after 1 MB',
      run: serve({ leaveAfter: 1 << 20 }),
      before: { pending: 1, undestroyed: '>0' },
      after: { fulfilled: 1, opened: 1, client: 'left' },
    },
    {
      name: 'client stalls, then resets',
      fault: 'the connection is reset after 64 kB',
      run: serve({ leaveAfter: 1 << 16, how: 'rst' }),
      before: { pending: 1, undestroyed: '>0' },
      after: { fulfilled: 1, opened: 1, client: 'left' },
    },
    {
      name: 'success',
      fault: 'none',
      run: serve({}, { count: 20 }),
      before: { settled: 'ok', fulfilled: 1, opened: 2, client: 'complete' },
      after: { fulfilled: 1, opened: 2, client: 'complete' },
    },
  ],
};
