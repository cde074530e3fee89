// A large file, of which the first line that matches is wanted.
const text = Array.from({ length: 100_000 }, (_, i) => `line ${i}`).join('\n');

const find = (pattern) => (subject, kit) => {
  const found = subject.firstMatch(kit.file('lines.txt', text), pattern);
  kit.track(found);
  kit.metric('found', 'nothing');
  found.then((line) => kit.metric('found', String(line)));
};

export default {
  claim: 'a file is closed when the line that was wanted is found',
  scenarios: [
    {
      name: 'found early',
      fault: 'the loop returns at line 7',
      run: find(/ 7$/),
      before: { fulfilled: 1, found: 'line 7', openFds: 1, undestroyed: 1 },
      after: { fulfilled: 1, found: 'line 7' },
    },
    {
      name: 'not found',
      fault: 'none: the file is read to its end',
      run: find(/none/),
      before: { fulfilled: 1, found: 'null', openFds: 0 },
      after: { fulfilled: 1, found: 'null' },
    },
    {
      name: 'missing',
      fault: 'there is no such file',
      run(subject, kit) {
        kit.track(subject.firstMatch(kit.path('nothing.txt'), /x/));
      },
      before: { rejected: 1, openFds: 0 },
      after: { rejected: 1 },
    },
  ],
};
