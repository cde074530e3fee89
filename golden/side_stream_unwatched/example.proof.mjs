import { pipeline } from 'node:stream/promises';

const COUNT = 200;
const SIZE = 16384;

// The second file takes a chunk only when 200 turns have passed, or fails at the third.
const tees = (fails) => (subject, kit) => {
  const file = kit.path('side.bin');
  let most = 0;
  kit.onStream(kit.isFsWrite(file), (side) => {
    const write = side._write;
    let count = 0;
    side._writev = null;
    side._write = (chunk, encoding, callback) => {
      count += 1;
      most = Math.max(most, side.writableLength);
      if (fails && count === 3) return callback(new Error('disk full'));
      let turns = 20;
      const later = () => {
        turns -= 1;
        if (turns > 0) return setImmediate(later);
        return write.call(side, chunk, encoding, callback);
      };
      return later();
    };
    side.on('error', () => {});
  });
  const sink = kit.sink();
  kit.track(pipeline(kit.source({ size: SIZE, count: COUNT }), subject.teed(file), sink));
  kit.metric('queued', () => most);
  kit.metric('bytes', () => sink.received);
};

export default {
  claim: 'the second stream holds no more than a chunk, and its failure is heard',
  scenarios: [
    {
      name: 'a slow second stream',
      fault: 'each of 200 chunks takes its time there',
      run: tees(false),
      deadline: 6000,
      before: { fulfilled: 1, queued: '>1000000', bytes: COUNT * SIZE },
      after: { fulfilled: 1, queued: SIZE, bytes: COUNT * SIZE },
    },
    {
      name: 'a second stream that fails',
      fault: 'its third write',
      run: tees(true),
      before: { queued: '>0' },
      after: { rejected: 1, bytes: '<=65536' },
    },
  ],
};
