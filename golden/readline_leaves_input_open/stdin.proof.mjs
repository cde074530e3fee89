// A stdin that stays open behind the empty line. From Node 20 on, three listeners of readline stay
// on it and keep it, and with it the process, alive.
import { PassThrough } from 'node:stream';

export default {
  claim: 'stdin is let go of when the loop over its lines is left',
  scenarios: [
    {
      name: 'stdin stays open',
      fault: 'the loop breaks at an empty line, and nobody ends stdin',
      async run(subject, kit) {
        const stdin = new PassThrough();
        Object.defineProperty(process, 'stdin', { value: stdin });
        stdin.write('host=here\nname=me\n\nmore\n');
        const read = subject.credentials();
        kit.track(read);
        kit.metric('listeners', () => stdin.listenerCount('data') + stdin.listenerCount('end'));
        kit.metric('read', JSON.stringify(await read));
      },
      before: { '<20': { listeners: 0 }, '>=20': { listeners: 2 } },
      after: { fulfilled: 1, listeners: 0, undestroyed: 1, read: '{"host":"here","name":"me"}' },
    },
  ],
};
