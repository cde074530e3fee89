import fs from 'node:fs';

const sending = (answer, prepare = () => {}) => async (subject, kit) => {
  const server = await kit.serve(answer);
  const body = fs.createReadStream(kit.file('body.bin', 8 << 20));
  prepare(kit, body);
  kit.track(subject.send(`http://localhost:${server.port}/`, body));
};
const taken = (req, res) => req.on('end', () => res.end()).resume();

export default {
  claim: 'a body that fails, closes early, or that nobody takes any more is closed, and rejects',
  scenarios: [
    {
      name: 'the body fails',
      fault: 'an error after 1 MB',
      run: sending(taken, (kit, body) => kit.fails(body, { after: 1 << 20 })),
      before: { settled: 'crash', exit: 1, uncaughtExceptions: 1 },
      after: { rejected: 1 },
    },
    {
      name: 'the body closes',
      fault: 'destroy() without an error after 1 MB',
      run: sending(taken, (kit, body) => kit.dies(body, { after: 1 << 20 })),
      before: { settled: 'hang', pending: 1 },
      after: { rejected: 1 },
    },
    {
      name: 'the server leaves',
      fault: 'the connection is destroyed after the first chunk',
      run: sending((req) => req.once('data', () => req.destroy())),
      before: { settled: 'ok', rejected: 1, openFds: 1 },
      after: { rejected: 1 },
    },
    {
      name: 'no fault',
      fault: 'none',
      run: sending(taken),
      before: { settled: 'ok', fulfilled: 1, openFds: 0 },
      after: { fulfilled: 1 },
    },
  ],
};
