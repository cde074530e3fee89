const load = (connect) => (subject, kit) => {
  let lines = 0;
  kit.metric('lines', () => lines);
  const db = {
    connect: () => connect(kit),
    async insert() {
      lines += 1;
    },
  };
  kit.track(subject.load(kit.file('lines.txt', 'a line\n'.repeat(100)), db));
};

export default {
  claim: 'every line is read when the interface is made right before the loop',
  scenarios: [
    {
      name: 'a slow database',
      fault: 'connect() takes 100 ms',
      run: load((kit) => kit.pause(100)),
      before: { pending: 1, lines: 0 },
      after: { fulfilled: 1, lines: 100 },
    },
  ],
};
