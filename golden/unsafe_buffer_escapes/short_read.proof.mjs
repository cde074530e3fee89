// A file of 5 bytes is read into a buffer of 1024, after a secret was dropped.

export default {
  claim: 'a short file does not bring old memory with it',
  scenarios: [
    {
      name: 'a short file',
      fault: '5 of 1024 bytes',
      run(subject, kit) {
        const path = kit.file('short.bin', 5);
        let found = 0;
        for (let round = 0; round < 200; round += 1) {
          for (let i = 0; i < 30; i += 1) Buffer.from('SECRET-TOKEN '.repeat(40));
          if (subject.head(path).includes('SECRET')) found += 1;
        }
        kit.metric('leaked', found);
      },
      before: { leaked: '>0' },
      after: { leaked: 0 },
    },
  ],
};
