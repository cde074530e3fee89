// Before, nobody waits and nobody listens: whatever fails ends the process.
const crash = { settled: 'crash', exit: 1, uncaughtExceptions: 1 };
const unnoticed = { settled: 'ok', fulfilled: 1, openFds: 1 };

export default ({ copies }) => ({
  claim: 'the caller hears of every failure, and every file is closed',
  scenarios: copies({
    call: (subject, from, to) => subject.compress(from, to),
    before: {
      'destination closes': unnoticed,
      'destination fails': crash,
      'destination cannot be opened': crash,
      'source closes': unnoticed,
      'source fails': crash,
      'source is missing': crash,
    },
  }),
});
