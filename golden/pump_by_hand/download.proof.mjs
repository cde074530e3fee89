import path from 'node:path';

// The whole file in memory, for a client that rests between reads.
const slow = {
  name: 'slow client',
  fault: 'the client rests between reads',
  async run(subject, kit) {
    const file = kit.file('file.bin', 8 << 20);
    process.env.EXPORTS = path.dirname(file);
    const app = kit.express4().use((req, res, next) => {
      kit.watch(res);
      next();
    });
    const server = await kit.serve(app.use(subject.default));
    await kit.client(server, { path: '/exports/file.bin', pauseMs: 2 });
  },
  before: { client: 'complete', peakWritableLength: '>1000000' },
  after: { client: 'complete', peakWritableLength: '<200000' },
};

const WHOLE = 64 << 20;
const left = ['client leaves in the middle', 'client resets the connection', 'client is gone before the start'];
const forEach = (claim) => Object.fromEntries(left.map((name) => [name, claim]));

export default ({ downloads }) => ({
  claim: 'the copy waits for its client, and reads nothing for one that left',
  scenarios: [
    slow,
    ...downloads({
      path: '/exports/file.bin',
      listener(subject, file, kit) {
        process.env.EXPORTS = path.dirname(file);
        let read = 0;
        kit.onStream(kit.isFsRead(file), (stream) => stream.on('close', () => (read = stream.bytesRead)));
        kit.metric('read', () => read);
        return kit.express4().use(subject.default);
      },
      before: forEach({ settled: 'ok', read: WHOLE }),
      after: forEach({ logged: 0, read: `<${WHOLE / 2}` }),
    }),
  ],
});
