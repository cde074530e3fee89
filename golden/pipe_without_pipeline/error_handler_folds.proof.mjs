// A callback that comes a second time would go unseen by a promise.
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

export default ({ copies }) => ({
  claim: 'the handler of the failure runs once, whichever stage it was and however it went',
  scenarios: copies({
    call: (subject, from, to) => called((done) => subject.pack(from, to, done)),
    before: { 'source is missing': { settled: 'ok', rejected: 1, undestroyed: 2 } },
  }),
});
