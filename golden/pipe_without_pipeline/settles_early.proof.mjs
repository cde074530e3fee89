const unheard = { settled: 'crash', exit: 1 };

export default ({ copies }) => ({
  claim: 'a copy that resolved when its source had ended waits for the file, and closes both',
  scenarios: copies({
    call: (subject, from, to) => subject.copy(from, to),
    before: {
      'destination fails': unheard,
      'destination cannot be opened': unheard,
    },
  }),
});
