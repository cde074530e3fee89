const crash = { settled: 'crash', exit: 1, uncaughtExceptions: 1 };
const stillLoud = {
  settled: 'crash', exit: 1, unhandledRejections: 1, undestroyed: '>=0', openFds: '>=0',
  pending: '>=0',
};

export default ({ copies }) => ({
  claim: 'nothing goes on after half a copy, and what ended the process still does',
  scenarios: copies({
    call: (subject, from) => new Promise((resolve) => subject.rotate(from, resolve)),
    target: (to) => to.replace('to.bin', 'from.bin.gz'),
    before: {
      // The log was deleted after half of it was packed.
      'destination closes': { settled: 'ok', fulfilled: 1, openFds: 1 },
      'destination fails': crash,
      'destination cannot be opened': crash,
      'source closes': { settled: 'hang', pending: 1 },
      'source fails': crash,
      'source is missing': crash,
    },
    after: {
      'destination closes': stillLoud,
      'destination fails': stillLoud,
      'destination cannot be opened': stillLoud,
      'source closes': stillLoud,
      'source fails': stillLoud,
      'source is missing': stillLoud,
    },
  }),
});
