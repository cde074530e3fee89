const read = (size) => async (subject, kit) => {
  const file = kit.file('large.bin', size);
  let input;
  kit.onStream(kit.isFsRead(file), (stream) => {
    input = stream;
  });
  kit.metric('read', () => input.bytesRead);
  const given = subject.readLimited(file, 100_000);
  kit.track(given);
  await given.then((bytes) => kit.metric('bytes', bytes.length), () => {});
};

export default {
  claim: 'a file that is too large is not read to its end',
  scenarios: [
    {
      name: 'too large',
      fault: 'a file of 8 MB, of which 100 kB may be read',
      run: read(8 << 20),
      before: { rejected: 1, read: 8 << 20 },
      after: { rejected: 1, read: '<=262144' },
    },
    {
      name: 'small enough',
      fault: 'none',
      run: read(90_000),
      before: { fulfilled: 1, bytes: 90_000, read: 90_000 },
      after: { fulfilled: 1, bytes: 90_000, read: 90_000 },
    },
  ],
};
