import http from 'node:http';

// Six downloads through an agent of two sockets.
const downloads = (status, body) => async (subject, kit) => {
  http.globalAgent.maxSockets = 2;
  const { port } = await kit.serve((req, res) => {
    res.statusCode = status;
    res.end(body);
  });
  const url = `http://127.0.0.1:${port}/`;
  for (let i = 0; i < 6; i += 1) kit.track(subject.download(url, kit.path(`${i}.txt`)));
};

export default {
  claim: 'an answer that is refused gives its connection to the next request',
  scenarios: [
    {
      name: 'refused, with a short page',
      fault: 'the server answers 404 and 5 bytes',
      run: downloads(404, 'gone\n'),
      before: { rejected: 2, pending: 4 },
      after: { rejected: 6 },
    },
    {
      name: 'refused, with a long page',
      fault: 'the server answers 500 and 1 MB',
      run: downloads(500, Buffer.alloc(1 << 20, 'x')),
      before: { rejected: 2, pending: 4 },
      after: { rejected: 6 },
    },
    {
      name: 'refused, without a body',
      fault: 'the server answers 204',
      run: downloads(204),
      before: { rejected: 2, pending: 4 },
      after: { rejected: 6 },
    },
    {
      name: 'success',
      fault: 'none',
      async run(subject, kit) {
        kit.metric('size', () => kit.size(kit.path('0.txt')));
        await downloads(200, Buffer.alloc(1 << 20, 'x'))(subject, kit);
      },
      before: { settled: 'ok', fulfilled: 6, size: 1 << 20 },
      after: { fulfilled: 6, size: 1 << 20 },
    },
  ],
};
