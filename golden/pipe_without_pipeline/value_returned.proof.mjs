import { execFileSync } from 'node:child_process';

// Packed by another process: gzipSync would leave a stream of its own here.
const PACK = `require('fs').writeFileSync(process.argv[1],
  require('zlib').gzipSync(Buffer.alloc(32 << 20, 'x'), { level: 0 }))`;

const packed = (kit) => {
  const name = kit.path('text.gz');
  execFileSync(process.execPath, ['-e', PACK, name]);
  return name;
};

export default {
  claim: 'a consumer that leaves early closes the file, one that reads to the end gets all of it',
  scenarios: [
    {
      name: 'the consumer leaves',
      fault: 'break out of for await after the first chunk',
      async run(subject, kit) {
        for await (const _ of subject.open(packed(kit))) break;
      },
      before: { settled: 'ok', openFds: 1, undestroyed: 1 },
    },
    {
      name: 'the source fails',
      fault: 'destroy(err) on the read stream after 1 MB',
      async run(subject, kit) {
        const name = packed(kit);
        kit.onStream(kit.isFsRead(name), (stream) => kit.fails(stream, { after: 1 << 20 }));
        kit.track(
          (async () => {
            for await (const _ of subject.open(name));
          })(),
        );
      },
      before: { settled: 'crash', exit: 1 },
      after: { rejected: 1, logged: 1 },
    },
    {
      name: 'no fault',
      fault: 'none',
      async run(subject, kit) {
        let bytes = 0;
        for await (const chunk of subject.open(packed(kit))) bytes += chunk.length;
        kit.metric('read', bytes);
      },
      before: { settled: 'ok', undestroyed: 0, openFds: 0, read: 32 << 20 },
      after: { read: 32 << 20 },
    },
  ],
};
