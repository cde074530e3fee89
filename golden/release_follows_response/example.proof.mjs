import { Readable } from 'node:stream';

const pool = (kit, { count = 50, fails = false } = {}) => {
  let sent = 0;
  function read() {
    sent += 1;
    if (fails && sent > 20) this.destroy(new Error('the database is gone'));
    else this.push(sent > count ? null : { text: 'x'.repeat(20_000) });
  }
  return {
    connect: async () => ({
      createReadStream: () => new Readable({ objectMode: true, read }),
      release: kit.release,
    }),
  };
};

const serve = (client, options, late = false) => async ({ exporter }, kit) => {
  const handler = exporter(pool(kit, options));
  const answer = (req, res) => handler(req, res).catch(() => {});
  const server = await kit.serve(late ? kit.afterLeaving(answer) : answer);
  await kit.client(server, client);
};

export default {
  claim: 'a connection is given back once, whoever leaves and whenever',
  scenarios: [
    {
      name: 'client leaves while the connection is awaited',
      fault: 'the client is gone before the handler listens',
      run: serve({ leaveAfter: 0 }, {}, true),
      before: { released: 0 },
      after: { released: 1, client: 'left' },
    },
    {
      name: 'client leaves in the middle',
      fault: 'the client closes after 100 kB',
      run: serve({ leaveAfter: 100_000 }, { count: Infinity }),
      before: { released: 1 },
      after: { released: 1, client: 'left' },
    },
    {
      name: 'the database fails',
      fault: 'the rows fail after 400 kB',
      run: serve({}, { fails: true }),
      before: { released: 1 },
      after: { released: 1, client: 'cut' },
    },
    {
      name: 'success',
      fault: 'none',
      run: serve({}),
      before: { released: 1, client: 'complete' },
      after: { released: 1, client: 'complete' },
    },
  ],
};
