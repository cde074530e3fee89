export default {
  claim: 'a file whose reader has seen enough is closed, though the loop was told to keep it',
  scenarios: [
    {
      name: 'a long body',
      fault: 'the loop breaks behind the first line',
      async run(subject, kit) {
        const header = await subject.header(kit.file('long.txt', `head\n${'body\n'.repeat(200_000)}`));
        kit.metric('header', header);
      },
      before: { header: 'head', openFds: 1 },
      after: { header: 'head' },
    },
    {
      name: 'no second line',
      fault: 'none: the file is read to its end',
      async run(subject, kit) {
        kit.metric('header', await subject.header(kit.file('short.txt', 'head')));
      },
      before: { header: 'head', openFds: 0 },
      after: { header: 'head' },
    },
  ],
};
