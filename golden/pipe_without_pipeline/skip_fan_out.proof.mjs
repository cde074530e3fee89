import { once } from 'node:events';

// The caller reads the digest, as it did before: when there is one.
const digest = async (hash) => {
  if (!hash.readable || hash.readableLength === 0) await once(hash, 'readable');
  const found = hash.read();
  hash.destroy();
  return found;
};

export default ({ copies }) => ({
  claim: 'a digest is only had of a copy that is whole, and a broken copy closes the file',
  scenarios: copies({
    call: async (subject, from, to) => digest(await subject.copyAndHash(from, to)),
    before: {
      'destination closes': { '<26': { settled: 'hang', openFds: 1 }, '>=26': { fulfilled: 1 } },
      'destination fails': { settled: 'crash', exit: 1 },
      'destination cannot be opened': { settled: 'crash', exit: 1 },
      'source fails': { settled: 'crash', exit: 1 },
      'source is missing': { settled: 'crash', exit: 1 },
    },
  }),
});
