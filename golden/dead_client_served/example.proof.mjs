// A client that leaves while the file it asked for is looked up.
const looked = (leave) => async (subject, kit) => {
  const file = kit.file('export.csv', 1 << 20);
  let opened = 0;
  kit.onStream(kit.isFsRead(file), () => {
    opened += 1;
  });
  let closed;
  const left = new Promise((resolve) => {
    closed = resolve;
  });
  subject.default.locals.find = async () => {
    if (leave) await left;
    return file;
  };
  const app = kit.express4();
  app.use((req, res, next) => {
    res.once('close', closed);
    next();
  });
  app.use(subject.default);
  app.use((err, req, res, next) => next());
  const server = await kit.serve(app);
  kit.metric('opened', () => opened);
  await kit.client(server, { path: '/exports/1', ...(leave ? { leaveAfter: 0 } : {}) });
};

// Up to Node 22 pipeline destroys what it is given for a response that is gone: the file is opened
// in vain, and closed again.
export default {
  claim: 'no file is opened for a client that has left, nor left open from Node 23 on',
  scenarios: [
    {
      name: 'client leaves before',
      fault: 'the client destroys its socket while the file is looked up',
      run: looked(true),
      before: { '<23': { opened: 1, openFds: 0 }, '>=23': { opened: 1, openFds: 1 } },
      after: { opened: 0, client: 'left' },
    },
    {
      name: 'client waits',
      fault: 'none',
      run: looked(false),
      before: { opened: 1, client: 'complete' },
      after: { opened: 1, client: 'complete', clientBytes: `>=${1 << 20}` },
    },
  ],
};
