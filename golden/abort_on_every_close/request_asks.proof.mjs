// A JSON body that is read before the answer begins.
const ask = (client, size) => async (subject, kit) => {
  process.env.REPORT = kit.file('report.bin', size);
  const body = JSON.stringify({ all: true });
  const server = await kit.serve(subject.default);
  const headers = { 'Content-Type': 'application/json' };
  await kit.client(server, { method: 'POST', path: '/report', body, headers, ...client });
};

export default {
  claim: 'an answer is not aborted because its question was read',
  scenarios: [
    {
      name: 'a body was parsed',
      fault: 'none: the request closes when its body is read',
      run: ask({}, 8 << 20),
      before: { client: ['cut', 'none'], logged: 1 },
      after: { client: 'complete', logged: 0, clientBytes: `>=${8 << 20}` },
    },
    {
      name: 'client leaves in the middle',
      fault: 'the client closes after 20 kB of 64 MB',
      run: ask({ leaveAfter: 20000 }, 64 << 20),
      before: { logged: 1 },
      after: { client: 'left', logged: 1 },
    },
  ],
};
