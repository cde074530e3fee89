// A client that leaves while its response is full: nobody resumes the file.
const serve = (client, size) => async (subject, kit) => {
  const send = subject.send(kit.file('film', size), () => {});
  const server = await kit.serve(send);
  await kit.client(server, client);
};

export default {
  claim: 'a client that leaves closes the file that was paused for it',
  scenarios: [
    {
      name: 'client leaves',
      fault: 'the client destroys its socket after 20 kB of 64 MB',
      run: serve({ leaveAfter: 20_000 }, 64 << 20),
      before: { undestroyed: 1, openFds: 1 },
      after: { client: 'left' },
    },
    {
      name: 'client resets the connection',
      fault: 'RST after 20 kB of 64 MB',
      run: serve({ leaveAfter: 20_000, how: 'rst' }, 64 << 20),
      before: { undestroyed: 1, openFds: 1 },
      after: { client: 'left' },
    },
    {
      name: 'no fault',
      fault: 'none',
      run: serve({}, 8 << 20),
      before: { client: 'complete', undestroyed: 0, openFds: 0 },
      after: { client: 'complete', clientBytes: `>=${8 << 20}` },
    },
  ],
};
