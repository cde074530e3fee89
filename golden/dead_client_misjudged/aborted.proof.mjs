// A file that is packed after a POST was read, for a client that leaves while it is packed.
import http from 'node:http';

const packed = (leave) => async (subject, kit) => {
  const app = kit.express4();
  let sent = 0;
  app.use((req, res, next) => {
    const pack = (body, callback) => {
      const read = () => {
        sent += 1;
        return 'zip';
      };
      if (leave) res.once('close', () => callback(null, { read }));
      else setTimeout(callback, 50, null, { read });
    };
    subject.default.locals.pack = pack;
    next();
  });
  const { port } = await kit.serve(app.use(subject.default));
  kit.metric('sent', () => sent);
  await new Promise((resolve) => {
    const request = http.request({ port, path: '/zip', method: 'POST', agent: false });
    request.setHeader('Content-Type', 'application/json');
    request.on('error', () => {});
    request.on('response', (response) => response.resume());
    request.on('close', resolve);
    request.end('{"of":"may"}');
    if (leave) setTimeout(() => request.destroy(), 50);
  });
};

export default {
  claim: 'nothing is opened for a client that left after its body was read',
  scenarios: [
    {
      name: 'client leaves',
      fault: 'the client destroys its socket while the file is packed',
      run: packed(true),
      before: { sent: 1 },
      after: { sent: 0 },
    },
    {
      name: 'client waits',
      fault: 'none',
      run: packed(false),
      before: { sent: 1 },
      after: { sent: 1 },
    },
  ],
};
