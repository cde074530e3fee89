import fs from 'node:fs';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const lines = Array.from({ length: 20000 }, () => 'é€😀é€😀');

const splits = (text) => async (subject, kit) => {
  const got = [];
  const split = pipeline(
    fs.createReadStream(kit.file('text.txt', text)),
    new subject.Lines(),
    new Writable({
      objectMode: true,
      write(line, encoding, callback) {
        got.push(line);
        callback();
      },
    }),
  );
  kit.track(split);
  await split;
  kit.metric('lost', () => got.join('').split('\uFFFD').length - 1);
  kit.metric('lines', () => got.length);
};

export default {
  claim: 'no character of a line is lost where a chunk ends',
  scenarios: [
    {
      name: 'characters of several bytes',
      fault: 'chunks of 64 KB end in the middle of some',
      run: splits(`x${lines.join('\n')}`),
      before: { fulfilled: 1, lost: '>0', lines: 20000 },
      after: { fulfilled: 1, lost: 0, lines: 20000 },
    },
    {
      name: 'an end in the middle of a character',
      fault: 'the last byte is missing',
      run: splits(Buffer.from('one\ntwo €').subarray(0, -1)),
      before: { fulfilled: 1, lost: 1, lines: 2 },
      after: { fulfilled: 1, lost: 1, lines: 2 },
    },
  ],
};
