// A client that leaves while the handler looks for the file.
export default ({ downloads }) => ({
  claim: 'the file is closed when the client had left before the download began',
  scenarios: [
    ...downloads({
      listener(subject, file) {
        process.env.FILE = file;
        return (req, res) => subject.server.emit('request', req, res);
      },
      only: ['client leaves in the middle', 'source fails in the middle', 'no fault'],
      before: {
        'client leaves in the middle': { settled: 'ok', openFds: 0, undestroyed: 0 },
        'source fails in the middle': { settled: 'ok', openFds: 0, client: 'cut' },
      },
      after: { 'source fails in the middle': { client: 'cut' } },
    }),
    {
      name: 'ten clients are gone before the start',
      fault: 'each response is closed before the handler runs',
      async run(subject, kit) {
        process.env.FILE = kit.file('file.bin', 1 << 20);
        const server = await kit.serve(
          kit.afterLeaving((req, res) => subject.server.emit('request', req, res)),
        );
        for (let i = 0; i < 10; i += 1) await kit.client(server, { leaveAfter: 0 });
      },
      before: {
        '<23': { settled: 'ok', openFds: 0, undestroyed: 0 },
        '>=23': { settled: 'ok', openFds: 10, undestroyed: 10 },
      },
      after: { openFds: 0, logged: 0 },
    },
  ],
});
