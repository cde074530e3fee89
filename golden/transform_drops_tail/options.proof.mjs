import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';

const rows = (text) => (subject, kit) => {
  const sink = kit.sink({ objects: true });
  kit.track(pipeline(Readable.from([Buffer.from(text)]), subject.rows(), sink));
  kit.metric('rows', () => sink.received);
};

export default {
  claim: 'the last row is given out, newline or not, and a broken one fails the stage',
  scenarios: [
    {
      name: 'no newline at the end',
      fault: 'the last row has no newline',
      run: rows('{"a":1}\n{"a":2}\n{"a":3}'),
      before: { fulfilled: 1, rows: 2 },
      after: { fulfilled: 1, rows: 3 },
    },
    {
      name: 'a newline at the end',
      fault: 'none',
      run: rows('{"a":1}\n{"a":2}\n'),
      before: { fulfilled: 1, rows: 2 },
      after: { fulfilled: 1, rows: 2 },
    },
    {
      name: 'half a row at the end',
      fault: 'the last row is cut',
      run: rows('{"a":1}\n{"a'),
      before: { fulfilled: 1, rows: 1 },
      after: { rejected: 1, rows: 1 },
    },
  ],
};
