const feeding = (kit, subject, command, args) =>
  kit.track(
    new Promise((resolve, reject) => {
      subject.feed(kit.path('from.bin'), command, args, (err, code) => {
        if (err) reject(err);
        else resolve(code);
      });
    }),
  );
const node = (script) => [process.execPath, ['-e', script]];
const crash = { settled: 'crash', exit: 1 };

export default {
  claim: 'a child that leaves early ends the process only where its EPIPE did; the file is closed',
  scenarios: [
    {
      name: 'the child stops reading',
      fault: 'it exits after the first chunk of 64 MB: EPIPE',
      run(subject, kit) {
        kit.file('from.bin', 64 << 20);
        feeding(kit, subject, ...node(`process.stdin.once('data', () => process.exit(0))`));
      },
      before: { ...crash, uncaughtExceptions: 1 },
      after: { ...crash, unhandledRejections: 1, undestroyed: '>=0', openFds: '>=0', pending: '>=0' },
    },
    {
      name: 'the child leaves before there is anything to write',
      fault: 'its stdin is closed without an error',
      run(subject, kit) {
        kit.file('from.bin', 1 << 20);
        kit.onStream(kit.isFsRead(kit.path('from.bin')), (stream) => {
          stream._read = () => {};
        });
        feeding(kit, subject, ...node(''));
      },
      before: { settled: 'ok', fulfilled: 1, openFds: 1 },
      after: { fulfilled: 1 },
    },
    {
      name: 'no fault',
      fault: 'none',
      run(subject, kit) {
        kit.file('from.bin', 8 << 20);
        feeding(kit, subject, ...node('process.stdin.resume()'));
      },
      before: { settled: 'ok', fulfilled: 1, openFds: 0 },
      after: { fulfilled: 1 },
    },
  ],
};
