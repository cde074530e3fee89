// What the code calls a second time after a failure, a promise would not show.
const called = (start, { twice }) =>
  new Promise((resolve, reject) => {
    const answers = [];
    start((err) => {
      answers.push(err);
      if (answers.length > 1 && !twice) throw new Error('called twice');
      if (err) reject(err);
      else resolve();
    });
  });

export default ({ copies }) => ({
  claim: 'the callback hears of every failure and of no success after it, once',
  scenarios: copies({
    call: (subject, from, to) => called((done) => subject.default(from, to, done), { twice: false }),
    before: {
      // The half of a file was a success, and a failure a success as well.
      'destination closes': { settled: 'ok', fulfilled: 1, openFds: 1 },
      'destination fails': { settled: 'crash', exit: 1 },
      'destination cannot be opened': { settled: 'crash', exit: 1 },
    },
  }),
});
