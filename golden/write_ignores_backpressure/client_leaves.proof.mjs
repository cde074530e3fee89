// A handler that writes row after row, and a client that reads slowly or has seen enough.
const rows = (count, counted) => async function* () {
  for (let i = 0; i < count; i += 1) {
    counted();
    yield 'x'.repeat(16_000);
    await new Promise(setImmediate);
  }
};

const serve = (client, { count = 3000 } = {}) => async (subject, kit) => {
  let read = 0;
  kit.metric('read', () => read);
  const inner = subject.serve(rows(count, () => (read += 1)));
  const [handler] = inner.listeners('request');
  inner.close();
  const server = await kit.serve((req, res) => {
    kit.watch(res);
    kit.track(handler(req, res));
  });
  await kit.client(server, client);
};

export default {
  claim: 'a handler whose client left stops to read, and a slow client fills no memory',
  scenarios: [
    {
      name: 'client leaves',
      fault: 'the client destroys its socket after 1 MB',
      run: serve({ leaveAfter: 1 << 20 }),
      before: { fulfilled: 1, read: 3000 },
      after: { fulfilled: 1, read: '<3000', client: 'left' },
    },
    {
      name: 'slow client',
      fault: 'the client rests 2 ms between reads',
      run: serve({ pauseMs: 2 }, { count: 1500 }),
      before: { fulfilled: 1, read: 1500, peakWritableLength: '>1000000', client: 'complete' },
      after: { fulfilled: 1, read: 1500, peakWritableLength: '<100000', client: 'complete' },
    },
    {
      name: 'success',
      fault: 'none',
      run: serve({}, { count: 20 }),
      before: { settled: 'ok', fulfilled: 1, read: 20, client: 'complete' },
      after: { fulfilled: 1, read: 20, client: 'complete' },
    },
  ],
};
