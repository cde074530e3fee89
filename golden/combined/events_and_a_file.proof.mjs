const visit = (path, client) => async (subject, kit) => {
  let told = 0;
  const page = kit.file('page.html', 64 << 20);
  const [listener] = subject.server(page, () => 'x'.repeat((told += 1) && 64)).listeners('request');
  await kit.client(await kit.serve(listener), { path, ...client });
  await new Promise((resolve) => setTimeout(resolve, 150));
  const then = told;
  await new Promise((resolve) => setTimeout(resolve, 150));
  kit.metric('firedSince', told - then);
};

export default {
  claim: 'who leaves takes the timer and the file along',
  scenarios: [
    {
      name: 'client leaves the events',
      fault: 'the client closes after some events',
      run: visit('/events', { leaveAfter: 300 }),
      before: { firedSince: '>0' },
      after: { firedSince: 0, client: 'left' },
    },
    {
      name: 'client leaves the page',
      fault: 'the client closes after 20 kB of 64 MB',
      run: visit('/', { leaveAfter: 20000 }),
      before: { openFds: 1 },
      after: { client: 'left', logged: 0 },
    },
  ],
};
