// A failure was heard by nobody.
const crash = { settled: 'crash', exit: 1 };

export default ({ copies }) => ({
  claim: 'a copy that only ever resolved rejects on every failure, and closes both files',
  scenarios: copies({
    call: (subject, from, to) => subject.install(from, to),
    before: {
      'destination closes': { settled: 'ok', fulfilled: 1, openFds: 1 },
      'destination fails': crash,
      'destination cannot be opened': crash,
      'source fails': crash,
      'source is missing': crash,
    },
  }),
});
