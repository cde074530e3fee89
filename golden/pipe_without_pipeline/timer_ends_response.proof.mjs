const SIZE = 64 << 20;

/** A client asks for a report whose file is as slow as `slow` makes it. */
const download = (slow, client = {}) => async (subject, kit) => {
  const report = kit.file('report.bin', slow ? SIZE : SIZE >> 4);
  process.env.REPORT = report;
  process.env.LIMIT = slow ? 150 : 60000;
  kit.onStream(kit.isFsRead(report), (stream) => slow?.(kit, stream));
  await kit.client(await kit.serve(subject.default), client);
};

// A disk that answers no more: the read never calls back.
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
  claim: 'a timer that ends the response closes the file too, and so does a client that leaves',
  scenarios: [
    {
      name: 'the disk hangs in the middle',
      fault: 'no read after 1 MB is ever answered',
      run: download(stuck(1 << 20)),
      // The end of the response lets the client believe that it has all, before and after.
      before: { client: 'complete', openFds: 1 },
      after: { client: 'complete', openFds: 0 },
    },
    {
      name: 'the disk hangs at once',
      fault: 'no read is ever answered',
      run: download(stuck(0)),
      before: { client: 'complete', clientStatus: 200, openFds: 1 },
      after: { client: 'complete', clientStatus: 200, openFds: 0 },
    },
    {
      name: 'client leaves in the middle',
      fault: 'the client closes after 20 kB of 64 MB',
      run: download(() => {}, { leaveAfter: 20000 }),
      before: { openFds: 1 },
      after: { client: 'left' },
    },
    {
      name: 'no fault',
      fault: 'none',
      run: download(null),
      before: { client: 'complete', clientStatus: 200, undestroyed: 0, openFds: 0 },
      after: { client: 'complete', clientStatus: 200, clientBytes: `>=${SIZE >> 4}` },
    },
  ],
};
