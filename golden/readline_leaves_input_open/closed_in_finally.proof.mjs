export default {
  claim: 'closing the interface closes the file it reads',
  scenarios: [
    {
      name: 'the first line is wanted',
      fault: 'the loop returns at the first line',
      run(subject, kit) {
        kit.track(subject.firstLine(kit.file('lines.txt', 'a line\n'.repeat(100_000))));
      },
      before: { fulfilled: 1, openFds: 1 },
      after: { fulfilled: 1 },
    },
  ],
};
