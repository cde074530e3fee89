// A chain of streams ends by itself; with the signal it ends as well.
const download = (client, size) => async (subject, kit) => {
  process.env.REPORT = kit.file('report.bin', kit.noise(size));
  const server = await kit.serve((req, res) => void kit.track(subject.download(req, res)));
  await kit.client(server, client);
};

export default {
  claim: 'a signal for a chain of streams changes nothing for whoever asks it',
  scenarios: [
    {
      name: 'client leaves in the middle',
      fault: 'the client closes after 20 kB of 8 MB',
      run: download({ leaveAfter: 20000 }, 8 << 20),
      before: { fulfilled: 1, logged: 0, openFds: 0, undestroyed: 0 },
      after: { fulfilled: 1, logged: 0, client: 'left' },
    },
    {
      name: 'success',
      fault: 'none',
      run: download({}, 1 << 20),
      before: { fulfilled: 1, client: 'complete', openFds: 0, undestroyed: 0 },
      after: { fulfilled: 1, client: 'complete', logged: 0 },
    },
  ],
};
