// Clients that leave while the handler looks for the file.
const serve = (early) => async (subject, kit) => {
  process.env.FILE = kit.file('file.bin', 1 << 20);
  const listener = (req, res) => subject.server.emit('request', req, res);
  const server = await kit.serve(early ? kit.afterLeaving(listener) : listener);
  for (let i = 0; i < (early ? 3 : 1); i += 1) {
    await kit.client(server, early ? { leaveAfter: 0 } : {});
  }
};

export default ({ downloads }) => ({
  claim: 'a client that is gone before its download begins does not end the process',
  scenarios: [
    {
      name: 'clients are gone before the start',
      fault: 'each response is closed before the handler runs',
      run: serve(true),
      before: {
        '<23': { settled: 'ok', openFds: 0, undestroyed: 0 },
        '>=23': { settled: 'crash', exit: 1, uncaughtExceptions: '>0' },
      },
      after: { openFds: 0, logged: 0 },
    },
    {
      name: 'no fault',
      fault: 'none',
      run: serve(false),
      before: { settled: 'ok', openFds: 0, client: 'complete' },
      after: { client: 'complete', clientBytes: '>=1048576' },
    },
    ...downloads({
      listener(subject, file) {
        process.env.FILE = file;
        return (req, res) => subject.server.emit('request', req, res);
      },
      only: ['client leaves in the middle', 'source fails in the middle'],
      before: {
        'client leaves in the middle': { settled: 'ok', openFds: 0, undestroyed: 0 },
        'source fails in the middle': { settled: 'ok', openFds: 0, client: 'cut' },
      },
      after: { 'source fails in the middle': { client: 'cut' } },
    }),
  ],
});
