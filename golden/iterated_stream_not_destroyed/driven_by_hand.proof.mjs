export default {
  claim: 'a file of which one chunk is wanted is closed once that has come',
  scenarios: [
    {
      name: 'a large file',
      fault: 'nobody asks for a second chunk',
      async run(subject, kit) {
        kit.metric('zip', await subject.isZip(kit.file('large.zip', `PK${'.'.repeat(1 << 20)}`)));
      },
      before: { zip: true, openFds: 1 },
      after: { zip: true },
    },
    {
      name: 'an empty file',
      fault: 'none',
      async run(subject, kit) {
        kit.metric('zip', await subject.isZip(kit.file('empty.zip', '')));
      },
      before: { zip: false, openFds: 0 },
      after: { zip: false },
    },
    {
      name: 'no such file',
      fault: 'the file is missing',
      run(subject, kit) {
        kit.track(subject.isZip(kit.path('missing.zip')));
      },
      before: { rejected: 1, openFds: 0 },
      after: { rejected: 1 },
    },
  ],
};
