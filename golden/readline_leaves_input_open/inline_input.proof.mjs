export default {
  claim: 'a file is closed once its header is read',
  scenarios: [
    {
      name: 'a long body',
      fault: 'the loop breaks at the first empty line',
      run(subject, kit) {
        const file = kit.file('message.txt', `from: me\nto: you\n\n${'body\n'.repeat(200_000)}`);
        const read = subject.header(file);
        kit.track(read);
        read.then((header) => kit.metric('header', JSON.stringify(header)));
      },
      before: { fulfilled: 1, openFds: 1 },
      after: { fulfilled: 1, header: '{"from":"me","to":"you"}' },
    },
  ],
};
