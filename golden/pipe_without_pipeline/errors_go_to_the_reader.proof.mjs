import { execFileSync } from 'node:child_process';

// Packed by another process: gzipSync would leave a stream of its own here.
const PACK = `require('fs').writeFileSync(process.argv[1],
  require('zlib').gzipSync(Buffer.alloc(32 << 20, 'x'), { level: 0 }))`;

const packed = (kit) => {
  const name = kit.path('text.gz');
  execFileSync(process.execPath, ['-e', PACK, name]);
  return name;
};

const readAll = (subject, kit, name) =>
  kit.track(
    (async () => {
      let bytes = 0;
      try {
        for await (const chunk of subject.open(name)) bytes += chunk.length;
      } catch (err) {
        kit.metric('heard', err.code ?? err.message);
        throw err;
      } finally {
        kit.metric('read', bytes);
      }
    })(),
  );

export default {
  claim: 'a reader that leaves closes every stage, and hears of the errors it heard of before',
  scenarios: [
    {
      name: 'the reader leaves',
      fault: 'break out of for await after the first chunk',
      async run(subject, kit) {
        for await (const _ of subject.open(packed(kit))) break;
      },
      before: { settled: 'ok', openFds: 1, undestroyed: 2 },
    },
    {
      name: 'the source closes',
      fault: 'destroy() without an error on the read stream after 1 MB',
      run(subject, kit) {
        const name = packed(kit);
        kit.onStream(kit.isFsRead(name), (stream) => kit.dies(stream, { after: 1 << 20 }));
        readAll(subject, kit, name);
      },
      // Nothing tells the reader, before or after.
      before: { settled: 'hang', pending: 1 },
      after: { settled: 'hang', pending: 1, undestroyed: 2 },
    },
    {
      name: 'the source is missing',
      fault: 'ENOENT',
      run: (subject, kit) => readAll(subject, kit, kit.path('nothing.gz')),
      before: { rejected: 1, heard: 'ENOENT' },
      after: { rejected: 1, heard: 'ENOENT' },
    },
    {
      name: 'the archive is broken',
      fault: 'no gzip header',
      run: (subject, kit) => readAll(subject, kit, kit.file('text.gz', 8 << 20)),
      before: { rejected: 1, heard: 'Z_DATA_ERROR', openFds: 1 },
      after: { rejected: 1, heard: 'Z_DATA_ERROR' },
    },
    {
      name: 'no fault',
      fault: 'none',
      run: (subject, kit) => readAll(subject, kit, packed(kit)),
      before: { settled: 'ok', undestroyed: 0, openFds: 0, read: 32 << 20 },
      after: { fulfilled: 1, read: 32 << 20 },
    },
  ],
};
