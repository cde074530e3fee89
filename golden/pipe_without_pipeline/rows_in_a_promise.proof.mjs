import { execFileSync } from 'node:child_process';
import fs from 'node:fs';

// Packed by another process: gzipSync would leave a stream of its own here.
const PACK = `require('fs').writeFileSync(process.argv[1],
  require('zlib').gzipSync(Buffer.alloc(8 << 20, 'x'), { level: 0 }))`;

const packed = (kit) => {
  const name = kit.path('text.gz');
  execFileSync(process.execPath, ['-e', PACK, name]);
  return name;
};

export default {
  claim: 'a promise that collects what the last stage gives rejects when any stage fails',
  scenarios: [
    {
      name: 'the source fails',
      fault: 'destroy(err) on the read stream after 1 MB',
      async run(subject, kit) {
        const name = packed(kit);
        kit.onStream(kit.isFsRead(name), (stream) => kit.fails(stream, { after: 1 << 20 }));
        kit.track(subject.size(name));
      },
      before: { settled: 'crash', exit: 1 },
      after: { rejected: 1 },
    },
    {
      name: 'the source closes',
      fault: 'destroy() without an error on the read stream after 1 MB',
      async run(subject, kit) {
        const name = packed(kit);
        kit.onStream(kit.isFsRead(name), (stream) => kit.dies(stream, { after: 1 << 20 }));
        kit.track(subject.size(name));
      },
      before: { settled: 'hang', pending: 1 },
      after: { rejected: 1 },
    },
    {
      name: 'the text is corrupt',
      fault: 'zeros where gzip is expected after 1 MB',
      async run(subject, kit) {
        const name = packed(kit);
        const file = fs.openSync(name, 'r+');
        fs.writeSync(file, Buffer.alloc(1 << 20), 0, 1 << 20, 1 << 20);
        fs.closeSync(file);
        kit.track(subject.size(name));
      },
      before: { settled: 'ok', rejected: 1, openFds: 1 },
      after: { rejected: 1 },
    },
    {
      name: 'no fault',
      fault: 'none',
      async run(subject, kit) {
        const read = kit.track(subject.size(packed(kit)));
        kit.metric('read', await read);
      },
      before: { settled: 'ok', undestroyed: 0, openFds: 0, fulfilled: 1 },
      after: { fulfilled: 1 },
    },
  ],
};
