import http from 'node:http';

const serve = (kit, answer) =>
  new Promise((resolve) => {
    const server = http.createServer(answer).listen(0, '127.0.0.1', () => resolve(server));
  });

const download = (answer, prepare = () => {}) => async (subject, kit) => {
  const to = kit.path('to.bin');
  prepare(kit, to);
  const server = await serve(kit, answer);
  const copy = subject.download(`http://127.0.0.1:${server.address().port}/`, to);
  kit.track(copy);
  await copy.catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, 500));
  const open = await new Promise((resolve) => server.getConnections((_, count) => resolve(count)));
  kit.metric('connections', open);
  server.closeAllConnections?.();
  server.close();
};

const broken = (req, res) => {
  res.writeHead(200, { 'Content-Length': 8 << 20 });
  res.write(Buffer.alloc(1 << 20), () => setTimeout(() => res.destroy(), 20));
};

export default {
  claim: 'a refusal keeps no connection, and a copy that breaks off is a failure',
  scenarios: [
    {
      name: 'the server refuses',
      fault: '404 with a page of 12 MB',
      node: '>=18',
      run: download((req, res) => {
        res.writeHead(404, { Connection: 'close' });
        res.end(Buffer.alloc(12 << 20));
      }),
      before: { rejected: 1, connections: 1 },
      after: { rejected: 1, connections: 0 },
    },
    {
      name: 'the server breaks off',
      fault: 'the connection is closed after 1 of 8 MB',
      run: download(broken),
      before: { settled: ['hang', 'crash'] },
      after: { rejected: 1 },
    },
  ],
};
