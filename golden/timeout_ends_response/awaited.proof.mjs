/** A report whose file is as slow as `slow` makes it, packed for a client. */
const download = (slow, client = {}, limit = 150) => async (subject, kit) => {
  const report = kit.file('report.bin', kit.noise(4 << 20));
  process.env.REPORT = report;
  process.env.LIMIT = limit;
  kit.onStream(kit.isFsRead(report), (stream) => slow?.(kit, stream));
  const server = await kit.serve((req, res) => void kit.track(subject.download(req, res)));
  await kit.client(server, client);
};

const stuck = (after) => (kit, stream) => {
  const read = stream._read;
  let passed = 0;
  stream._read = function (size) {
    if (passed >= after) return;
    passed += size;
    read.call(this, size);
  };
};

export default {
  claim: 'a download that is late is cut, and looks whole only when it is',
  scenarios: [
    {
      name: 'the disk hangs in the middle',
      fault: 'no read after 1 MB is ever answered',
      run: download(stuck(1 << 20)),
      // The end of the response lets the client believe that it has all.
      before: { client: 'complete', fulfilled: 1, openFds: 0 },
      after: { client: 'cut', fulfilled: 1, logged: 1 },
    },
    {
      name: 'client leaves in the middle',
      fault: 'the client closes after 20 kB of 4 MB',
      run: download(null, { leaveAfter: 20000 }, 60000),
      before: { fulfilled: 1, logged: 1, openFds: 0 },
      after: { client: 'left', fulfilled: 1, logged: 1 },
    },
    {
      name: 'no fault',
      fault: 'none',
      run: download(null, {}, 60000),
      before: { client: 'complete', fulfilled: 1, logged: 0, openFds: 0 },
      after: { client: 'complete', fulfilled: 1, logged: 0, clientBytes: `>=${4 << 20}` },
    },
  ],
};
