// Nobody listened to the destination: what failed there ended the process.
const crash = { settled: 'crash', exit: 1, uncaughtExceptions: 1 };

export default ({ copies }) => ({
  claim: 'the promise settles whatever happens, still with its own words for a bad source',
  scenarios: copies({
    call: (subject, from, to) => subject.copy(from, to),
    before: { 'destination fails': crash, 'destination cannot be opened': crash },
  }),
});
