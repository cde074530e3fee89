// Rows that close early, and a client that leaves, while other work stands in the same `try`.
const serve = (client, dies) => async (subject, kit) => {
  const rows = kit.source({ count: client.leaveAfter ? Infinity : 20 });
  const db = { open: async () => rows, count: async () => {} };
  if (dies) kit.dies(rows, { after: 65536 });
  const server = await kit.serve((req, res) => {
    req.query = { id: 1 };
    kit.track(subject.download(req, res, db));
  });
  await kit.client(server, client);
};

export default {
  claim: 'rows that close early reject, and a client that left does not',
  scenarios: [
    {
      name: 'source closes in the middle',
      fault: 'destroy() without an error on the rows after 64 kB',
      run: serve({}, true),
      before: { settled: 'ok', fulfilled: 1, client: 'cut' },
      after: { rejected: 1, client: 'cut' },
    },
    {
      name: 'client leaves',
      fault: 'the client destroys its socket after 64 kB',
      run: serve({ leaveAfter: 65536 }),
      before: { settled: 'ok', fulfilled: 1 },
      after: { fulfilled: 1 },
    },
    {
      name: 'no fault',
      fault: 'none',
      run: serve({}),
      before: { settled: 'ok', fulfilled: 1, client: 'complete' },
      after: { fulfilled: 1, client: 'complete' },
    },
  ],
};
