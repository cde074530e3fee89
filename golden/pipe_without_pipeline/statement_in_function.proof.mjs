// Nobody waits, before or after: a failure that ended the process must still end it.
const crash = { settled: 'crash', exit: 1, uncaughtExceptions: 1 };
const stillLoud = {
  settled: 'crash', exit: 1, unhandledRejections: 1, undestroyed: '>=0', openFds: '>=0',
};
const unnoticed = { settled: 'ok', exit: 0, openFds: 1 };

export default ({ copies }) => ({
  claim: 'a failure nobody hears ends the process as before, a silent one too; success is silent',
  scenarios: copies({
    call: (subject, from) => subject.rotate(from),
    target: (to) => to.replace('to.bin', 'from.bin.gz'),
    before: {
      'destination closes': unnoticed,
      'destination fails': crash,
      'destination cannot be opened': crash,
      'source closes': unnoticed,
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
