const serve = (late) => async ({ reporter }, kit) => {
  const client = { query: async () => [{ one: 1 }], release: kit.release };
  const handler = reporter({ connect: async () => client });
  const answer = (req, res) => void kit.track(handler(req, res));
  const server = await kit.serve(late ? kit.afterLeaving(answer) : answer);
  await kit.client(server, late ? { leaveAfter: 0 } : {});
};

export default {
  claim: 'a response that is over already gives the connection back at once',
  scenarios: [
    {
      name: 'client leaves while the connection is awaited',
      fault: 'the client is gone before the handler listens',
      run: serve(true),
      before: { released: 0 },
      after: { released: 1, client: 'left' },
    },
    {
      name: 'success',
      fault: 'none',
      run: serve(false),
      before: { released: 1, client: 'complete' },
      after: { released: 1, client: 'complete' },
    },
  ],
};
