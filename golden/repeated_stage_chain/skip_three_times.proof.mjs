// The stages that a function makes do what the stages did, for two uses at a time.
import { readFileSync, writeFileSync } from 'node:fs';
import { brotliCompressSync, gzipSync } from 'node:zlib';

const text = 'all work and no play '.repeat(1000);
const zipped = gzipSync(text);
const expected = brotliCompressSync(text).length;

export default {
  claim: 'stages made by a function for each use give what they gave',
  scenarios: [
    {
      name: 'two uses at a time',
      fault: 'none',
      async run(subject, kit) {
        const paths = ['a', 'b'].map((name) => kit.path(name));
        for (const path of paths) writeFileSync(path, zipped);
        const all = paths.map((path) => subject.logs(path));
        for (const one of all) kit.track(one);
        await Promise.all(all);
        const sizes = paths.map((path) => readFileSync(`${path}.br`).length);
        kit.metric('same', sizes.filter((size) => Math.abs(size - expected) < 16).length);
      },
      before: { same: 2, undestroyed: 0, fulfilled: 2 },
      after: { same: 2, fulfilled: 2 },
    },
  ],
};
