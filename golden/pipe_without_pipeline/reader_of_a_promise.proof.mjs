import { execFileSync } from 'node:child_process';

// Packed by another process: gzipSync would leave a stream of its own here.
const PACK = `process.stdout.write(
  require('zlib').gzipSync(Buffer.alloc(8 << 20, 'x'), { level: 0 }))`;

const served = async (kit, answer) => {
  const packed = execFileSync(process.execPath, ['-e', PACK], { maxBuffer: 1 << 26 });
  const server = await kit.serve((req, res) => answer(res, packed));
  return `http://localhost:${server.port}/`;
};

const read = async (body, { enough = Infinity } = {}) => {
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes >= enough) break;
  }
  return bytes;
};

export default {
  claim: 'a reader that leaves closes the message; one that stays hears what it heard before',
  scenarios: [
    {
      name: 'the reader leaves',
      fault: 'break out of for await after the first chunk',
      async run(subject, kit) {
        const url = await served(kit, (res, packed) => res.end(packed));
        const { body } = await subject.open(url);
        await read(body, { enough: 1 });
      },
      before: { settled: 'ok', undestroyed: '>0' },
    },
    {
      name: 'not packed',
      fault: 'no gzip header',
      async run(subject, kit) {
        const url = await served(kit, (res) => res.end(Buffer.alloc(1 << 20)));
        const { body } = await subject.open(url);
        kit.track(read(body));
      },
      before: { settled: 'ok', rejected: 1 },
      after: { rejected: 1 },
    },
    {
      name: 'no fault',
      fault: 'none',
      async run(subject, kit) {
        const url = await served(kit, (res, packed) => res.end(packed));
        const { body } = await subject.open(url);
        kit.metric('read', await read(body));
      },
      before: { settled: 'ok', read: 8 << 20 },
      after: { read: 8 << 20 },
    },
  ],
};
