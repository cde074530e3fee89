export default {
  claim: 'a listener that closes its interface closes the file it reads',
  scenarios: [
    {
      name: 'the first line is wanted',
      fault: 'the listener closes the interface at the first line',
      run(subject, kit) {
        const read = subject.firstLine(kit.file('lines.txt', 'a line\n'.repeat(100_000)));
        kit.track(read);
        read.then((line) => kit.metric('read', String(line)));
      },
      before: { fulfilled: 1, openFds: 1, read: 'a line' },
      after: { fulfilled: 1, read: 'a line' },
    },
    {
      name: 'an empty file',
      fault: 'none',
      run(subject, kit) {
        const read = subject.firstLine(kit.file('lines.txt', ''));
        kit.track(read);
        read.then((line) => kit.metric('read', String(line)));
      },
      before: { fulfilled: 1, openFds: 0, read: 'null' },
      after: { fulfilled: 1, read: 'null' },
    },
  ],
};
