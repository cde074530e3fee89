// Rows that parse, and one that does not.
import { Readable, Writable } from 'node:stream';

const run = (rows) => async (subject, kit) => {
  const got = [];
  const into = new Writable({
    objectMode: true,
    write(item, encoding, callback) {
      got.push(item);
      callback();
    },
  });
  const done = subject.prices(Readable.from(rows), into);
  kit.track(done);
  await done.catch(() => {});
  kit.metric('got', got.join());
};

export default {
  claim: 'a row that does not parse rejects the pipeline, and ends no process',
  scenarios: [
    {
      name: 'good rows',
      fault: 'none',
      run: run(['{"price":1}', '{"price":2}']),
      before: { got: '1,2', fulfilled: 1, undestroyed: 0 },
      after: { got: '1,2', fulfilled: 1 },
    },
    {
      name: 'a bad row',
      fault: 'the second row is no JSON',
      run: run(['{"price":1}', 'oops']),
      before: {
        '<24': { settled: 'crash', uncaughtExceptions: 1, exit: [1, 7] },
        '>=24': { rejected: 1, undestroyed: 0 },
      },
      after: { rejected: 1 },
    },
  ],
};
