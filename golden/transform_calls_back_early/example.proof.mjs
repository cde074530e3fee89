import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';

const COUNT = 200;
const SIZE = 16384;

// What is in work at once, and what comes out in the end. Work lasts until no more is begun.
const packing = (fails) => (subject, kit) => {
  let begun = 0;
  let done = 0;
  let most = 0;
  const pack = async (chunk) => {
    begun += 1;
    if (fails) throw new Error('not packed');
    most = Math.max(most, begun - done);
    for (let seen = 0; seen !== begun; ) {
      seen = begun;
      for (let turn = 0; turn < 30; turn += 1) await setImmediate();
    }
    done += 1;
    return chunk;
  };
  const sink = kit.sink();
  const source = Readable.from(Array.from({ length: COUNT }, () => Buffer.alloc(SIZE)));
  kit.track(pipeline(source, subject.packed(pack), sink));
  kit.metric('inFlight', () => most);
  kit.metric('bytes', () => sink.received);
};

export default {
  claim: 'one chunk is in work at a time, and all that is packed comes out',
  scenarios: [
    {
      name: 'slow work',
      fault: 'none: each of 200 chunks takes its time',
      run: packing(false),
      before: { fulfilled: 1, inFlight: COUNT, bytes: 0 },
      after: { fulfilled: 1, inFlight: 1, bytes: COUNT * SIZE },
    },
    {
      name: 'work that fails',
      fault: 'the promise rejects',
      run: packing(true),
      before: { settled: 'crash', exit: 1, unhandledRejections: 1, undestroyed: '>=0' },
      after: { rejected: 1, bytes: 0 },
    },
  ],
};
