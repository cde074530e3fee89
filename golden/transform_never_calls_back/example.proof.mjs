import fs from 'node:fs';

const CHUNK = 1 << 16;
const zeros = Buffer.alloc(CHUNK);
const filled = Buffer.alloc(3 * CHUNK, 'some bytes');

// The second chunk of three is all zeros.
const copies = (content, wanted) => (subject, kit) => {
  const from = kit.file('from.bin', content);
  const targets = Array.from({ length: 10 }, (_, n) => kit.path(`to-${n}.bin`));
  for (const to of targets) kit.track(subject.copyFilled(from, to));
  const isWhole = (to) => fs.existsSync(to) && fs.readFileSync(to).equals(wanted);
  kit.metric('whole', () => targets.filter(isWhole).length);
};
const holed = Buffer.concat([filled.subarray(0, CHUNK), zeros, filled.subarray(2 * CHUNK)]);
const closed = Buffer.concat([filled.subarray(0, CHUNK), filled.subarray(2 * CHUNK)]);

export default {
  claim: 'a chunk that is left out lets the next one come, and nothing else is lost',
  scenarios: [
    {
      name: 'a chunk is left out',
      fault: 'the second of three chunks is all zeros, in ten files',
      run: copies(holed, closed),
      before: { settled: 'hang', pending: 10, openFds: 20, whole: 0 },
      after: { fulfilled: 10, whole: 10 },
    },
    {
      name: 'no fault',
      fault: 'none',
      run: copies(filled, filled),
      before: { fulfilled: 10, openFds: 0, undestroyed: 0, whole: 10 },
      after: { fulfilled: 10, whole: 10 },
    },
  ],
};
