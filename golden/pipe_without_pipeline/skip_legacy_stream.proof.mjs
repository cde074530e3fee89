import { once } from 'node:events';

const SIZE = 8 << 20;

/** Reads what the subject gives back, as its caller did before: with listeners. */
const read = (prepare) => async (subject, kit) => {
  const file = kit.file('text', Buffer.alloc(SIZE, 'x'));
  prepare(kit, file);
  const lines = subject.default(file);
  let bytes = 0;
  lines.on('data', (chunk) => {
    bytes += chunk.length;
  });
  kit.metric('read', () => bytes);
  return lines;
};

export default {
  claim: 'when the reader leaves the file is closed, and when the file fails the reader hears it',
  scenarios: [
    {
      name: 'the reader leaves',
      fault: 'destroy() without an error on what it was given, after the first chunk',
      async run(subject, kit) {
        const lines = await read(() => {})(subject, kit);
        await once(lines, 'data');
        lines.destroy();
      },
      before: { openFds: 1 },
      after: { logged: 1 },
    },
    {
      name: 'source fails',
      fault: 'destroy(err) on the read stream after 1 MB',
      async run(subject, kit) {
        const lines = await read((_, file) =>
          kit.onStream(kit.isFsRead(file), (it) => kit.fails(it, { after: 1 << 20 })))(subject, kit);
        lines.on('error', ({ code }) => kit.metric('heard', code));
      },
      before: { settled: 'crash', exit: 1 },
      after: { heard: 'E_PROOF', logged: 1 },
    },
    {
      name: 'no fault',
      fault: 'none',
      run: read(() => {}),
      before: { undestroyed: 0, openFds: 0, read: `>${SIZE}`, logged: 0 },
      after: { read: `>${SIZE}`, logged: 0 },
    },
  ],
};
