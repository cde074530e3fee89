// Characters of two, three and four bytes, so that each chunk's end cuts one.
const wide = `x${'é€😀\n'.repeat(60000)}`;
const plain = 'only ASCII\n'.repeat(60000);

const reads = (text) => async (subject, kit) => {
  const reading = subject.text(kit.file('text.txt', text));
  kit.track(reading);
  const read = await reading;
  kit.metric('lost', () => read.split('\uFFFD').length - 1);
  kit.metric('whole', () => read === text);
};

export default {
  claim: 'no character is lost where a chunk ends',
  scenarios: [
    {
      name: 'characters of several bytes',
      fault: 'each chunk of 64 KB ends in the middle of one',
      run: reads(wide),
      before: { fulfilled: 1, lost: '>0', whole: false },
      after: { fulfilled: 1, lost: 0, whole: true },
    },
    {
      name: 'ASCII',
      fault: 'none',
      run: reads(plain),
      before: { fulfilled: 1, lost: 0, whole: true },
      after: { fulfilled: 1, lost: 0, whole: true },
    },
    {
      name: 'an end in the middle of a character',
      fault: 'the file lacks its last byte',
      run: reads(Buffer.from('a €').subarray(0, -1)),
      before: { fulfilled: 1, lost: 1 },
      after: { fulfilled: 1, lost: 1 },
    },
  ],
};
