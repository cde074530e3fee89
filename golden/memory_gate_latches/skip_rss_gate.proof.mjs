// A burst of small buffers, all of them dropped and collected before the next client asks.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const burst = () => {
  const kept = [];
  for (let i = 0; i < 200_000; i += 1) kept.push(Buffer.alloc(2048, 1));
  return kept.length;
};

export default {
  claim: 'a server answers again when the memory was given back',
  scenarios: [
    {
      name: 'after a burst',
      fault: '400 MB in buffers of 2 kB, freed again',
      async run(subject, kit) {
        setFlagsFromString('--expose-gc');
        const gc = runInNewContext('gc');
        burst();
        for (let i = 0; i < 5; i += 1) {
          gc();
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
        const server = await kit.serve(subject.default);
        await kit.client(server, {});
      },
      before: { clientStatus: 503 },
      after: { clientStatus: 200 },
    },
  ],
};
