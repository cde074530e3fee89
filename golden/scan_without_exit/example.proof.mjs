// A word in the first lines of a large file.
const text = `needle\n${'hay\n'.repeat(500_000)}`;

const look = (word, name = 'text.txt') => async (subject, kit) => {
  const file = name === 'text.txt' ? kit.file(name, text) : kit.path(name);
  let read;
  kit.onStream(kit.isFsRead(file), (stream) => {
    read = stream;
  });
  kit.metric('read', () => read.bytesRead);
  const found = subject.contains(file, word);
  kit.track(found);
  await found.then((yes) => kit.metric('found', yes), () => {});
};

export default {
  claim: 'a file is read until the word is found, and no further',
  scenarios: [
    {
      name: 'found early',
      fault: 'the word stands in the first chunk',
      run: look('needle'),
      before: { fulfilled: 1, found: true, read: text.length },
      after: { fulfilled: 1, found: true, read: '<=131072' },
    },
    {
      name: 'not found',
      fault: 'none: the file is read to its end',
      run: look('pin'),
      before: { fulfilled: 1, found: false, read: text.length },
      after: { fulfilled: 1, found: false, read: text.length },
    },
    {
      name: 'missing',
      fault: 'there is no such file',
      run: look('needle', 'nothing.txt'),
      before: { rejected: 1, openFds: 0 },
      after: { rejected: 1 },
    },
  ],
};
