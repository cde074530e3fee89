// Two exports at a time: each client must get its rows, zipped, and no others.
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import http from 'node:http';

const fetched = ({ port }) =>
  new Promise((resolve) => {
    const parts = [];
    const req = http.get({ port, host: '127.0.0.1', path: '/export', agent: false }, (res) => {
      res.on('data', (chunk) => parts.push(chunk));
      res.on('close', () => resolve(Buffer.concat(parts)));
      res.on('error', () => {});
    });
    req.on('error', () => resolve(Buffer.concat(parts)));
    setTimeout(() => req.destroy(), 1500).unref();
  });

// Zipped before the streams are counted.
const zipped = (word) => gzipSync(`${word},1\n`.repeat(10));
const expected = { alice: zipped('alice'), bob: zipped('bob') };
const whole = (bytes, word) => Number(bytes.equals(expected[word]));

export default {
  claim: 'each client gets its own export, whole',
  scenarios: [
    {
      name: 'two exports at a time',
      fault: 'their requests overlap',
      async run(subject, kit) {
        const words = ['alice', 'bob'];
        subject.default.locals.rows = () => {
          const word = words.shift();
          return Readable.from(
            (async function* rows() {
              for (let i = 0; i < 10; i += 1) {
                await new Promise((resolve) => setTimeout(resolve, 5));
                yield [word, 1];
              }
            })(),
          );
        };
        const server = await kit.serve(subject.default);
        const [alice, bob] = await Promise.all([fetched(server), fetched(server)]);
        kit.metric('whole', whole(alice, 'alice') + whole(bob, 'bob'));
      },
      before: { whole: 0, undestroyed: '>=0' },
      after: { whole: 2 },
    },
  ],
};
