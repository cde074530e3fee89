// A report that is served once the request's body was read.
const ask = (client, size) => async (subject, kit) => {
  process.env.REPORT = kit.file('report.bin', size);
  const body = 'all of it';
  await kit.client(await kit.serve(subject.default), { method: 'POST', body, ...client });
};

export default {
  claim: 'a stream that feeds the response lives as long as the response',
  scenarios: [
    {
      name: 'a body was read',
      fault: 'none: the request closes when its body is read',
      run: ask({}, 8 << 20),
      before: { client: ['hang', 'cut', 'none'] },
      after: { client: 'complete', clientBytes: `>=${8 << 20}` },
    },
    {
      name: 'client leaves in the middle',
      fault: 'the client closes after 20 kB of 64 MB',
      run: ask({ leaveAfter: 20000 }, 64 << 20),
      before: { client: ['hang', 'left'] },
      after: { client: 'left' },
    },
  ],
};
