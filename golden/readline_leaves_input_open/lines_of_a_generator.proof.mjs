const rows = 'a,b\n' + '1,2\n'.repeat(100_000);

export default {
  claim: 'a file is closed when its reader stops, and when its reader fails',
  scenarios: [
    {
      name: 'the reader stops',
      fault: 'the reader of the generator breaks after three records',
      async run(subject, kit) {
        let n = 0;
        for await (const record of subject.records(kit.file('rows.csv', rows))) {
          if (record.b === '2' && ++n === 3) break;
        }
      },
      before: { openFds: 1, undestroyed: 1 },
      after: {},
    },
    {
      name: 'the reader fails',
      fault: 'the reader of the generator throws at the first record',
      async run(subject, kit) {
        const read = async () => {
          for await (const record of subject.records(kit.file('rows.csv', rows))) {
            throw new Error(record.a);
          }
        };
        kit.track(read());
      },
      before: { rejected: 1, openFds: 1 },
      after: { rejected: 1 },
    },
  ],
};
