// The same page asked for over HTTP/2, where the request is never destroyed.
import { once } from 'node:events';
import http2 from 'node:http2';

const asked = (leave) => async (subject, kit) => {
  let rendered = 0;
  let found;
  const lookedUp = new Promise((resolve) => {
    found = resolve;
  });
  const server = subject.serve(async () => {
    await lookedUp;
    const render = () => {
      rendered += 1;
      return 'page';
    };
    return { render };
  });
  server.on('request', (req, res) => {
    if (leave) res.once('close', found);
    else found();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const session = http2.connect(`http://127.0.0.1:${server.address().port}`);
  const stream = session.request({ ':path': '/page' });
  stream.on('error', () => {});
  stream.resume();
  if (leave) {
    server.once('request', () => stream.close(http2.constants.NGHTTP2_CANCEL));
    await lookedUp;
  } else {
    await once(stream, 'end');
  }
  await new Promise((resolve) => setImmediate(resolve));
  kit.metric('rendered', () => rendered);
  session.destroy();
  server.close();
};

export default {
  claim: 'no page is rendered for a client that has cancelled, and one that waits gets it',
  scenarios: [
    {
      name: 'client cancels',
      fault: 'the client resets its stream during the lookup',
      run: asked(true),
      before: { rendered: 1 },
      after: { rendered: 0 },
    },
    {
      name: 'client waits',
      fault: 'none',
      run: asked(false),
      before: { settled: 'ok', rendered: 1 },
      after: { rendered: 1 },
    },
  ],
};
