// The process drops a secret; records that are made afterwards are searched for it.

const searched = (make) => (subject, kit) => {
  const secret = 'SECRET-TOKEN-1234567890';
  let found = 0;
  for (let round = 0; round < 200; round += 1) {
    for (let i = 0; i < 30; i += 1) Buffer.from(secret.repeat(20));
    if (make(subject).includes('SECRET')) found += 1;
  }
  kit.metric('leaked', found);
};

export default {
  claim: 'no byte of a dropped secret leaves with a record',
  scenarios: [
    {
      name: 'a short name',
      fault: 'the name fills 5 of 60 bytes',
      run: searched((subject) => subject.record('alice')),
      before: { leaked: '>0' },
      after: { leaked: 0 },
    },
    {
      name: 'the bytes that were written',
      fault: 'none',
      run(subject, kit) {
        const bytes = subject.record('alice');
        kit.metric('length', bytes.length);
        kit.metric('name', bytes.toString('latin1', 4, 9));
        kit.metric('size', bytes.readUInt32BE(0));
      },
      before: { length: 64, name: 'alice', size: 5 },
      after: { length: 64, name: 'alice', size: 5 },
    },
  ],
};
