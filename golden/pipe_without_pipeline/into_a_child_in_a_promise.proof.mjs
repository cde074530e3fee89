const feeding = (kit, subject, command, args) =>
  kit.track(subject.feed(kit.path('from.bin'), command, args));
const node = (script) => [process.execPath, ['-e', script]];

export default {
  claim: 'what fails a child’s stdin rejects the promise; a child that has read enough does not',
  scenarios: [
    {
      name: 'the child stops reading',
      fault: 'it exits after the first chunk of 8 MB: EPIPE',
      run(subject, kit) {
        kit.file('from.bin', 8 << 20);
        feeding(kit, subject, ...node(`process.stdin.once('data', () => process.exit(0))`));
      },
      before: { settled: 'crash', exit: 1, uncaughtExceptions: 1 },
      after: { rejected: 1 },
    },
    {
      name: 'the source fails',
      fault: 'an error after 1 MB of 8 MB',
      run(subject, kit) {
        kit.file('from.bin', 8 << 20);
        kit.onStream(kit.isFsRead(kit.path('from.bin')), (stream) => {
          kit.fails(stream, { after: 1 << 20 });
        });
        feeding(kit, subject, ...node('process.stdin.resume()'));
      },
      before: { settled: 'crash', exit: 1, uncaughtExceptions: 1 },
      after: { rejected: 1 },
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
      name: 'there is no such command',
      fault: 'ENOENT',
      run(subject, kit) {
        kit.file('from.bin', 8 << 20);
        feeding(kit, subject, 'no-such-command', []);
      },
      before: { settled: ['ok', 'crash'], openFds: '>=0' },
      after: { rejected: 1 },
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
