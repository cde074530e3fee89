import { EventEmitter } from 'node:events';

const ask = (count, prepare = () => {}) => async ({ report }, kit) => {
  const source = kit.source({ count: 4 });
  kit.watch(source);
  source.on('data', () => {});
  const bus = new EventEmitter();
  prepare(source, bus);
  let answers = 0;
  kit.metric('answers', () => answers);
  async function* requests() {
    for (let i = 0; i < count; i += 1) yield i;
  }
  kit.track(report(source, requests(), () => { answers += 1; }));
};

export default {
  claim: 'a stream that is asked again and again keeps no listeners of those who asked',
  scenarios: [
    {
      name: 'asked twelve times',
      fault: 'none: the stream ends as it should',
      run: ask(12),
      before: { answers: 12, listeners: '>=12', warnings: '>0' },
      after: { fulfilled: 1, answers: 12, listeners: '<=2', warnings: 0 },
    },
    {
      name: 'destroyed early',
      fault: 'destroy() after the first chunk',
      run: ask(12, (source) => source.once('data', () => source.destroy())),
      before: { answers: 0, rejected: 1 },
      after: { answers: 0, rejected: 1 },
    },
  ],
};
