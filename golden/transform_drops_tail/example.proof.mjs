import fs from 'node:fs';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const lines = (text) => (subject, kit) => {
  const all = [];
  for (let n = 0; n < 10; n += 1) {
    const got = [];
    all.push(got);
    const sink = new Writable({
      objectMode: true,
      write(line, encoding, callback) {
        got.push(line);
        callback();
      },
    });
    const source = fs.createReadStream(kit.file(`${n}.txt`, text), { highWaterMark: 3 });
    kit.track(pipeline(source, new subject.Lines(), sink));
  }
  const wanted = text.trimEnd().toUpperCase().split('\n').join();
  kit.metric('whole', () => all.filter((got) => got.join() === wanted).length);
};

export default {
  claim: 'the last line is given out, newline or not, and nothing besides',
  scenarios: [
    {
      name: 'no newline at the end',
      fault: 'the last line of ten files has no newline',
      run: lines('one\ntwo\nthree'),
      before: { fulfilled: 10, whole: 0 },
      after: { fulfilled: 10, whole: 10 },
    },
    {
      name: 'a newline at the end',
      fault: 'none',
      run: lines('one\ntwo\nthree\n'),
      before: { fulfilled: 10, whole: 10 },
      after: { fulfilled: 10, whole: 10 },
    },
  ],
};
