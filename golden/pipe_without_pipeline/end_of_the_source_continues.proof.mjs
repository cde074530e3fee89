const called = (start) =>
  new Promise((resolve, reject) => {
    let times = 0;
    start((err) => {
      times += 1;
      if (times > 1) throw new Error('called twice');
      if (err) reject(err);
      else resolve();
    });
  });
const unheard = { settled: 'crash', exit: 1, uncaughtExceptions: 1 };

export default ({ copies }) => ({
  claim: 'success is told once all is written, a failure of either end once',
  scenarios: copies({
    call: (subject, from, to) => called((done) => subject.default(from, to, done)),
    before: {
      'destination fails': unheard,
      'destination cannot be opened': unheard,
    },
  }),
});
