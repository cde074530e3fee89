import http from 'node:http';

const text = 'é€😀'.repeat(10);

// Each byte is a chunk of its own: it is sent when the one before was read.
const sends = (bytes) => async (subject, kit) => {
  const { server } = subject;
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const waiting = [];
  server.prependListener('request', (req) => {
    const push = req.push;
    req.push = function (chunk, encoding) {
      const more = push.call(this, chunk, encoding);
      waiting.shift()?.();
      return more;
    };
  });
  const req = http.request({ port: server.address().port, method: 'POST', agent: false });
  const answered = new Promise((done, failed) => req.on('response', done).on('error', failed));
  kit.track(answered);
  req.flushHeaders();
  for (const byte of bytes) {
    const read = new Promise((resolve) => waiting.push(resolve));
    req.write(Buffer.from([byte]));
    await read;
  }
  req.end();
  const res = await answered;
  const chunks = [];
  for await (const chunk of res) chunks.push(chunk);
  const said = JSON.parse(Buffer.concat(chunks).toString());
  kit.metric('lost', () => said.split('\uFFFD').length - 1);
  kit.metric('whole', () => said === bytes.toString());
  server.close();
};

export default {
  claim: 'no character of a body is lost, however it is sent',
  scenarios: [
    {
      name: 'bytes that come one by one',
      fault: 'each character comes in parts',
      run: sends(Buffer.from(text)),
      before: { lost: '>0', whole: false },
      after: { fulfilled: 1, lost: 0, whole: true },
    },
  ],
};
