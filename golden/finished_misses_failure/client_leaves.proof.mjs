const serve = (client, answer) => async ({ serve }, kit) => {
  const pool = { connect: async () => ({ release: kit.release }) };
  const server = await kit.serve(serve(pool, answer));
  await kit.client(server, client);
};

const stall = (client, req, res) => void res.write('x'.repeat(100_000));

export default {
  claim: 'a client that leaves gives the connection back, and ends nothing else',
  scenarios: [
    {
      name: 'client leaves in the middle',
      fault: 'the client closes after 20 kB',
      run: serve({ leaveAfter: 20_000 }, stall),
      before: { settled: 'crash', exit: 1, released: 0 },
      after: { released: 1, client: 'left' },
    },
    {
      name: 'success',
      fault: 'none',
      run: serve({}, (client, req, res) => res.end('well')),
      before: { settled: 'ok', released: 1, client: 'complete' },
      after: { released: 1, client: 'complete' },
    },
  ],
};
