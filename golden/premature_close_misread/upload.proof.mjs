// An upload whose client leaves, and one whose file closes under it.
import http from 'node:http';

const upload = ({ leaves, dies }) => async (subject, kit) => {
  const to = (process.env.TO = kit.path('to.bin'));
  if (dies) kit.onStream(kit.isFsWrite(to), (stream) => kit.dies(stream, { after: 1 << 18 }));
  const server = await kit.serve((req, res) => subject.server.emit('request', req, res));
  const status = await new Promise((resolve) => {
    const length = 1 << 20;
    const request = http.request({ port: server.port, method: 'POST', agent: false });
    request.setHeader('content-length', length);
    request.on('error', () => resolve(0));
    request.on('response', (res) => {
      res.resume();
      resolve(res.statusCode);
    });
    const half = Buffer.alloc(length / 2);
    request.write(half, () => {
      if (leaves) request.destroy();
      else request.end(half);
    });
  });
  kit.metric('status', () => status);
};

export default {
  claim: 'a client that aborts its upload is no processing error, and a file that closes is one',
  scenarios: [
    {
      name: 'client leaves in the middle',
      fault: 'the request is destroyed after half of its body',
      run: upload({ leaves: true }),
      before: { settled: 'ok', logged: 1 },
      after: { logged: 0, status: 0 },
    },
    {
      name: 'file closes in the middle',
      fault: 'destroy() without an error on the write stream after 256 kB',
      run: upload({ dies: true }),
      before: { settled: 'hang', logged: 0 },
      after: { logged: 1, status: 500 },
    },
    {
      name: 'no fault',
      fault: 'none',
      run: upload({}),
      before: { settled: 'ok', logged: 0, status: 200 },
      after: { logged: 0, status: 200 },
    },
  ],
};
