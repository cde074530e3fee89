const told = { fulfilled: 1 };
const crash = { settled: 'crash', exit: 1 };

export default ({ copies }) => ({
  claim: 'a failure anywhere is told as the failure of a middle stage was: the promise says false',
  scenarios: copies({
    call: (subject, from, to) => subject.pack(from, to),
    before: {
      'source fails': crash,
      'source is missing': crash,
      'destination closes': { settled: 'ok', fulfilled: 1, openFds: 1 },
      'destination fails': { settled: 'ok', fulfilled: 1, openFds: 1 },
      'destination cannot be opened': { settled: 'ok', fulfilled: 1, openFds: 1 },
    },
    after: {
      'destination closes': told,
      'destination fails': told,
      'destination cannot be opened': told,
      'source closes': told,
      'source fails': told,
      'source is missing': told,
    },
  }),
});
