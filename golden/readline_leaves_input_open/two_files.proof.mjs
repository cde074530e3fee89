const body = '\nbody'.repeat(100_000);

export default {
  claim: 'two files whose first lines are compared are both closed',
  scenarios: [
    {
      name: 'the same',
      fault: 'one loop breaks, the other returns, each at its first line',
      async run(subject, kit) {
        const [one, other] = ['one.txt', 'other.txt'].map((name) => kit.file(name, `head${body}`));
        kit.metric('same', await subject.same(one, other));
      },
      before: { same: true, openFds: 2 },
      after: { same: true },
    },
    {
      name: 'found in the second of two files',
      fault: 'the inner loop returns out of both',
      async run(subject, kit) {
        const one = kit.file('one.txt', `no${body}`);
        const other = kit.file('other.txt', `word${body}`);
        const list = kit.file('list.txt', [one, other].join('\n') + '\n.'.repeat(100_000));
        kit.metric('right', (await subject.nested(list, 'word')) === other);
      },
      before: { right: true, openFds: 2 },
      after: { right: true },
    },
  ],
};
