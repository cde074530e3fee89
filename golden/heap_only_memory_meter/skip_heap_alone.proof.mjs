// 200 MB wait in front of a sink that takes nothing. What does the meter show of them?
import { Writable } from 'node:stream';

export default {
  claim: 'what a stream holds is seen by the meter',
  scenarios: [
    {
      name: 'a sink that takes nothing',
      fault: '200 chunks of 1 MB are written to it',
      run(subject, kit) {
        const { sample } = subject.default;
        const total = (of) => Object.entries(of).reduce((sum, [key, n]) => sum + (key === 'rss' ? 0 : n), 0);
        const sink = new Writable({ write() {} });
        const before = total(sample());
        for (let i = 0; i < 200; i += 1) sink.write(Buffer.alloc(1 << 20, 1));
        kit.metric('shown', total(sample()) - before);
        sink.destroy();
      },
      before: { shown: '<50' },
      after: { shown: '>=200' },
    },
  ],
};
