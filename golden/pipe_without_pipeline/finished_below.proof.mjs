const crash = { settled: 'crash', exit: 1, uncaughtExceptions: 1 };

export default ({ copies }) => ({
  claim: 'whatever fails or closes early rejects the wait; nothing stays open',
  scenarios: copies({
    call: (subject, from, to) => subject.pack(from, to),
    before: {
      'destination closes': { settled: 'ok', rejected: 1, openFds: 1 },
      'source fails': crash,
      'source is missing': crash,
    },
  }),
});
