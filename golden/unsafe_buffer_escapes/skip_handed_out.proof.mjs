// A caller takes a buffer, writes less than it holds, and sends it whole.

export default {
  claim: 'who takes a buffer and writes a part of it sends nothing of others',
  scenarios: [
    {
      name: 'a caller that writes a part',
      fault: '4 of 1000 bytes are written',
      run(subject, kit) {
        let found = 0;
        for (let round = 0; round < 200; round += 1) {
          for (let i = 0; i < 30; i += 1) Buffer.from('SECRET-TOKEN '.repeat(40));
          const taken = subject.default.take(1000);
          taken.write('head');
          if (taken.includes('SECRET')) found += 1;
        }
        kit.metric('leaked', found);
      },
      before: { leaked: '>0' },
      after: { leaked: 0 },
    },
  ],
};
