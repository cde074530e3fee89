const text = `first\n${'more\n'.repeat(500_000)}`;

const first = (content) => async (subject, kit) => {
  const file = kit.file('lines.txt', content);
  let read;
  kit.onStream(kit.isFsRead(file), (stream) => {
    read = stream;
  });
  kit.metric('read', () => read.bytesRead);
  kit.metric('line', await subject.default(file, 'utf8'));
};

export default {
  claim: 'a listener that has its line lets the file go',
  scenarios: [
    {
      name: 'a long file',
      fault: 'the line stands in the first chunk',
      run: first(text),
      before: { line: 'first', read: text.length },
      after: { line: 'first', read: '<=131072' },
    },
    {
      name: 'one line without an end',
      fault: 'none',
      run: first('only'),
      before: { line: 'only', read: 4 },
      after: { line: 'only', read: 4 },
    },
  ],
};
