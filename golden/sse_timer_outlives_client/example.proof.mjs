// A client hears of some numbers. Each time the timer fires they are asked for once more.

const listening = (clients, client) => async (subject, kit) => {
  let asked = 0;
  const stats = () => ({ asked: (asked += 1), of: 'x'.repeat(64) });
  const server = await kit.serve(subject.serve(stats));
  for (let i = 0; i < clients; i += 1) await kit.client(server, client);
  // A timer that is left fires again however long one waits.
  await new Promise((resolve) => setTimeout(resolve, 200));
  const then = asked;
  await new Promise((resolve) => setTimeout(resolve, 200));
  kit.metric('firedSince', asked - then);
};

export default {
  claim: 'no timer outlives the client it writes to',
  scenarios: [
    {
      name: 'clients leave',
      fault: 'five clients destroy their sockets after some events',
      run: listening(5, { leaveAfter: 300 }),
      before: { firedSince: '>0' },
      after: { firedSince: 0, client: 'left' },
    },
    {
      name: 'client resets',
      fault: 'a client resets its connection after some events',
      run: listening(1, { leaveAfter: 300, how: 'rst' }),
      before: { firedSince: '>0' },
      after: { firedSince: 0, client: 'left' },
    },
  ],
};
