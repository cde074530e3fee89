// A client that leaves while the file is looked for.
const send = (make, early) => async (subject, kit) => {
  process.env.FILE = make(kit);
  const listener = (req, res) => subject.server.emit('request', req, res);
  const server = await kit.serve(early ? kit.afterLeaving(listener) : listener);
  await kit.client(server, early ? { leaveAfter: 0 } : {});
};
const filled = (kit) => kit.file('file.bin', 1 << 20);

export default {
  claim: 'a source made in the call is closed too, and a missing file is answered as before',
  scenarios: [
    {
      name: 'client is gone before the start',
      fault: 'the response is closed before the handler runs',
      run: send(filled, true),
      before: { '<23': { settled: 'ok', openFds: 0 }, '>=23': { settled: 'ok', openFds: 1 } },
      after: { openFds: 0 },
    },
    {
      name: 'source is missing',
      fault: 'ENOENT',
      run: send((kit) => kit.path('none')),
      before: { settled: 'ok', openFds: 0, client: 'complete', clientStatus: 404 },
      after: { client: 'complete', clientStatus: 404 },
    },
    {
      name: 'no fault',
      fault: 'none',
      run: send(filled),
      before: { settled: 'ok', openFds: 0, client: 'complete', clientBytes: '>=1048576' },
      after: { client: 'complete', clientBytes: '>=1048576' },
    },
  ],
};
