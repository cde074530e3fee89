import fs from 'node:fs';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const lines = (count) => Array.from({ length: count }, (_, n) => `line ${n}`);

const reads = (count) => (subject, kit) => {
  const got = [];
  const sink = new Writable({
    objectMode: true,
    write(line, encoding, callback) {
      got.push(line);
      setImmediate(callback);
    },
  });
  const source = Readable.from([Buffer.from(`${lines(count).join('\n')}\n`)]);
  kit.track(pipeline(source, new subject.Lines(), sink));
  kit.metric('out', () => got.length);
  kit.metric('whole', () => got.join() === lines(count).join());
};

// A file of 1.2 MB, copied by a process of its own that has nothing else to do.
const copies = (count) => async (subject, kit) => {
  const text = `${lines(count).join('\n')}\n`;
  const from = kit.file('from.txt', text);
  const to = kit.path('to.txt');
  await kit.process(`
    import fs from 'node:fs';
    import { pipeline } from 'node:stream/promises';
    const copied = pipeline(
      fs.createReadStream(${JSON.stringify(from)}),
      new subject.Lines(),
      fs.createWriteStream(${JSON.stringify(to)}),
    );
    copied.then(() => console.log('copied'));`);
  kit.metric('said', () => kit.stdout.trim());
  kit.metric('whole', () => fs.readFileSync(to, 'utf8') === text.split('\n').join(''));
};

export default {
  claim: 'all lines of a chunk come through, however many',
  scenarios: [
    {
      name: 'more lines than the stage may hold',
      fault: 'a chunk of 1000 lines, and a reader that takes one at a time',
      run: reads(1000),
      before: { settled: 'hang', pending: 1, out: '<100' },
      after: { fulfilled: 1, out: 1000, whole: true },
    },
    {
      name: 'a large file',
      fault: 'none but its size: the process ends with 0',
      run: copies(100000),
      before: { settled: 'ok', exit: 0, said: '', whole: false },
      after: { exit: 0, said: 'copied', whole: true },
    },
    {
      name: 'few lines',
      fault: 'none: the stage never fills',
      run: reads(5),
      before: { fulfilled: 1, out: 5, whole: true },
      after: { fulfilled: 1, out: 5, whole: true },
    },
  ],
};
