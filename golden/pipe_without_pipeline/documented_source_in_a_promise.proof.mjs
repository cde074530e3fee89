import fs from 'node:fs';
import zlib from 'node:zlib';

const unpacking = (prepare, content = zlib.gzipSync(Buffer.alloc(1 << 20, 'unleak'))) =>
  (subject, kit) => {
    kit.file('from.gz', content);
    const packed = fs.createReadStream(kit.path('from.gz'), { highWaterMark: 64 });
    prepare(kit, packed);
    kit.track(subject.unpacked(packed, 1 << 24));
  };

export default {
  claim: 'a source that fails or closes early rejects the promise, and a bad archive closes it',
  scenarios: [
    {
      name: 'source fails',
      fault: 'an error after 500 bytes',
      run: unpacking((kit, stream) => kit.fails(stream, { after: 500 })),
      before: { settled: 'crash', exit: 1, uncaughtExceptions: 1 },
      after: { rejected: 1 },
    },
    {
      name: 'source closes',
      fault: 'destroy() without an error after 500 bytes',
      run: unpacking((kit, stream) => kit.dies(stream, { after: 500 })),
      before: { settled: 'hang', pending: 1 },
      after: { rejected: 1 },
    },
    {
      name: 'not an archive',
      fault: 'Z_DATA_ERROR',
      run: unpacking(() => {}, 'no archive at all, but long enough to be read in several parts'.repeat(9)),
      before: { settled: 'ok', rejected: 1, openFds: 1 },
      after: { rejected: 1 },
    },
    {
      name: 'no fault',
      fault: 'none',
      run: unpacking(() => {}),
      before: { settled: 'ok', fulfilled: 1, openFds: 0 },
      after: { fulfilled: 1 },
    },
  ],
};
