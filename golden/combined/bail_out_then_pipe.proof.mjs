const posted = (kit, client) => ({
  path: '/report',
  method: 'POST',
  headers: { 'Content-Type': 'application/json', 'Content-Length': '2' },
  body: '{}',
  ...client,
});

const report = (client) => async (subject, kit) => {
  const file = kit.file('report.bin', 64 << 20);
  const app = subject.app(async () => {
    await new Promise((resolve) => setTimeout(resolve, 10));
    return file;
  });
  await kit.client(await kit.serve(app), posted(kit, client));
};

export default {
  claim: 'a client that posted gets its report, and one that leaves closes it',
  scenarios: [
    {
      name: 'all well',
      fault: 'none: the body was read, so the request is destroyed',
      run: report({}),
      before: { client: 'hang' },
      after: { client: 'complete', clientBytes: `>=${64 << 20}` },
    },
    {
      name: 'client leaves in the middle',
      fault: 'the client closes after 20 kB',
      run: report({ leaveAfter: 20000 }),
      before: { client: ['hang', 'left'] },
      after: { client: 'left', logged: 0 },
    },
  ],
};
