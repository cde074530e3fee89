// The callback is called once, whatever happens.
const calls = (subject, from, to) =>
  new Promise((resolve, reject) => {
    subject.copy(from, to, (error, value) => (error ? reject(error) : resolve(value)));
  });

export default ({ copies }) => ({
  claim: 'the callback hears of every failure, and nothing stays open',
  scenarios: copies({
    call: calls,
    before: {
      'destination closes': { settled: 'hang', pending: 1 },
      'destination fails': { rejected: 1 },
      'destination cannot be opened': { rejected: 1 },
    },
  }),
});
