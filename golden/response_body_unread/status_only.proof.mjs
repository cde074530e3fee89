import http from 'node:http';

// Six questions through an agent of two sockets.
const ask = (method) => async (subject, kit) => {
  const agent = new http.Agent({ maxSockets: 2 });
  const { port } = await kit.serve((req, res) => res.end('well'));
  for (let i = 0; i < 6; i += 1) {
    kit.track(subject.statusOf({ host: '127.0.0.1', port, method, agent }));
  }
};

export default {
  claim: 'a listener that looks at the status alone leaves the connection free',
  scenarios: [
    {
      name: 'the body is never wanted',
      fault: 'none: the server answers as it should',
      run: ask('GET'),
      before: { fulfilled: 2, pending: 4 },
      after: { fulfilled: 6 },
    },
  ],
};
