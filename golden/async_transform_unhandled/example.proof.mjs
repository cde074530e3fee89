const store = async (bytes) => {
  if (bytes[0] === 0x21) throw new Error('not stored');
  return bytes;
};

export default ({ stages }) => ({
  claim: 'work that fails rejects the pipeline, and ends no process',
  scenarios: stages({
    stages: (subject) => [subject.stored(store)],
    trips: 'one!two!three',
    plain: 'one two three',
    chunk: 3,
    passes: (text) => text,
    before: {
      'a chunk that trips it': {
        settled: 'crash', exit: 1, unhandledRejections: 1, openFds: '>0',
      },
    },
    after: { 'a chunk that trips it': { rejected: 10, whole: 0 } },
  }),
});
