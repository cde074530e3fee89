const sending = async (subject, kit, answer, prepare = () => {}) => {
  const name = kit.file('from.bin', 64 << 20);
  prepare(name);
  const server = await kit.serve(answer);
  let times = 0;
  kit.metric('called', () => times);
  kit.track(
    new Promise((resolve, reject) => {
      const options = { port: server.port, method: 'POST', agent: false };
      subject.send(name, options, (err, status) => {
        times += 1;
        if (err) reject(err);
        else resolve(status);
      });
    }),
  );
};

export default {
  claim: 'the listener of the request hears what it heard, and of the file too, which is closed',
  scenarios: [
    {
      name: 'the server hangs up',
      fault: 'it destroys the connection after the first chunk',
      run: (subject, kit) => sending(subject, kit, (req) => req.once('data', () => req.destroy())),
      before: { settled: 'ok', rejected: 1, openFds: 1, called: 1 },
      after: { rejected: 1, called: 1 },
    },
    {
      name: 'the server has enough',
      fault: 'it answers 413 and closes the connection',
      run: (subject, kit) =>
        sending(subject, kit, (req, res) => {
          res.writeHead(413, { connection: 'close' });
          res.end('too much', () => req.destroy());
        }),
      before: { openFds: 1 },
      after: {},
    },
    {
      name: 'the file fails',
      fault: 'destroy(err) on the read stream after 1 MB',
      run: (subject, kit) =>
        sending(
          subject,
          kit,
          (req) => req.resume(),
          (name) => kit.onStream(kit.isFsRead(name), (s) => kit.fails(s, { after: 1 << 20 })),
        ),
      before: { settled: 'crash', exit: 1 },
      after: { rejected: 1, called: 1 },
    },
    {
      name: 'no fault',
      fault: 'none',
      run: (subject, kit) =>
        sending(subject, kit, (req, res) => req.resume().on('end', () => res.end('thanks'))),
      before: { settled: 'ok', fulfilled: 1, openFds: 0, called: 1 },
      after: { fulfilled: 1, called: 1 },
    },
  ],
};
