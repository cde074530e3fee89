// A whole report, and a client that leaves in the middle of it.
const download = (client, size) => async (subject, kit) => {
  process.env.REPORT = kit.file('report.txt', size);
  const server = await kit.serve((req, res) => void kit.track(subject.download(req, res)));
  await kit.client(server, client);
};

export default {
  claim: 'a response that came whole is no failure, and a client that left still is one',
  scenarios: [
    {
      name: 'success',
      fault: 'none: every download ends with a close',
      run: download({}, 1 << 20),
      before: { client: 'complete', rejected: 1 },
      after: { client: 'complete', fulfilled: 1, rejected: 0 },
    },
    {
      name: 'client leaves in the middle',
      fault: 'the client closes after 20 kB of 8 MB',
      run: download({ leaveAfter: 20000 }, 8 << 20),
      before: { rejected: 1, openFds: 0 },
      after: { rejected: 1, client: 'left' },
    },
    {
      name: 'client resets the connection',
      fault: 'RST after 20 kB of 8 MB',
      run: download({ leaveAfter: 20000, how: 'rst' }, 8 << 20),
      before: { rejected: 1, openFds: 0 },
      after: { rejected: 1, client: 'left' },
    },
  ],
};
