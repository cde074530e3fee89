// Who serves the file leaves the connection, or the disk fails, while it is written.
const served = async (subject, kit, { answer, prepare = () => {} }) => {
  const to = kit.path('to.bin');
  prepare(to);
  const server = await kit.serve(answer);
  let times = 0;
  kit.metric('called', () => times);
  kit.track(
    new Promise((resolve, reject) => {
      subject.download(`http://localhost:${server.port}/`, to, (err) => {
        times += 1;
        if (err) reject(err);
        else resolve();
      });
    }),
  );
};
const endless = (req, res) => {
  const more = setInterval(() => res.write(Buffer.alloc(65536)), 5);
  res.on('close', () => clearInterval(more));
};

export default {
  claim: 'the callback hears once of a download that breaks, wherever it does',
  scenarios: [
    {
      name: 'the server leaves',
      fault: 'the connection is destroyed after 64 kB of 1 MB',
      run: (subject, kit) =>
        served(subject, kit, {
          answer(req, res) {
            res.writeHead(200, { 'content-length': 1 << 20 });
            res.write(Buffer.alloc(65536), () => setTimeout(() => res.destroy(), 20));
          },
        }),
      before: { settled: 'hang', pending: 1, openFds: 1 },
      after: { rejected: 1, called: 1 },
    },
    {
      name: 'the file fails',
      fault: 'a write after 1 MB fails',
      run: (subject, kit) =>
        served(subject, kit, {
          answer: endless,
          prepare: (to) =>
            kit.onStream(kit.isFsWrite(to), (s) => kit.writeFails(s, { after: 1 << 20 })),
        }),
      before: { settled: 'ok', rejected: 1, undestroyed: '>0' },
      after: { rejected: 1, called: 1 },
    },
    {
      name: 'the file cannot be opened',
      fault: 'its path is a folder: EISDIR',
      run: (subject, kit) =>
        served(subject, kit, { answer: endless, prepare: (to) => kit.folder(to) }),
      before: { settled: 'ok', rejected: 1, undestroyed: '>0' },
      after: { rejected: 1, called: 1 },
    },
    {
      name: 'no fault',
      fault: 'none',
      run: (subject, kit) =>
        served(subject, kit, { answer: (req, res) => res.end(Buffer.alloc(1 << 20)) }),
      before: { settled: 'ok', fulfilled: 1, openFds: 0, called: 1 },
      after: { fulfilled: 1, called: 1 },
    },
  ],
};
