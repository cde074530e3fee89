// A login that takes longer than the client waits.
export default {
  claim: 'no timer is left for a client that was gone before it was set',
  scenarios: [
    {
      name: 'client leaves before',
      fault: 'the client destroys its socket during the login',
      async run(subject, kit) {
        let asked = 0;
        let left;
        const closed = new Promise((resolve) => {
          left = resolve;
        });
        const user = { unread: () => (asked += 1) };
        const [listener] = subject
          .serve(async () => {
            await closed;
            return user;
          })
          .listeners('request');
        const server = await kit.serve((req, res) => {
          res.once('close', left);
          listener(req, res);
        });
        await kit.client(server, { leaveAfter: 0 });
        await new Promise((resolve) => setTimeout(resolve, 300));
        kit.metric('asked', asked);
      },
      before: { asked: '>0' },
      after: { asked: 0 },
    },
  ],
};
