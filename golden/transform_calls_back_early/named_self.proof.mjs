import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const rows = (load) => (subject, kit) => {
  const stage = new subject.default();
  let loading = 0;
  let most = 0;
  stage.load = async (id) => {
    loading += 1;
    most = Math.max(most, loading);
    await kit.pause(1);
    loading -= 1;
    return load(id);
  };
  const sink = kit.sink({ objects: true });
  kit.track(pipeline(Readable.from([1, 2, 3, 4, 5]), stage, sink));
  kit.metric('inFlight', () => most);
  kit.metric('rows', () => sink.received);
};

export default {
  claim: 'rows are loaded one by one, and a row that cannot be loaded fails the pipeline once',
  scenarios: [
    {
      name: 'slow rows',
      fault: 'none',
      run: rows((id) => ({ id })),
      before: { inFlight: '>1' },
      after: { fulfilled: 1, inFlight: 1, rows: 5 },
    },
    {
      name: 'a row is missing',
      fault: 'the promise of the third row rejects',
      run: rows((id) => {
        if (id === 3) throw new Error('no such row');
        return { id };
      }),
      before: { inFlight: '>1', rows: '<5', settled: ['ok', 'hang', 'crash'], exit: [0, 1] },
      after: { rejected: 1, inFlight: 1, rows: 2 },
    },
  ],
};
