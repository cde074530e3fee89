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
  claim: 'failures that were passed on by hand reach the one callback, and nothing stays open',
  scenarios: copies({
    call: (subject, from, to) => called((done) => subject.pack(from, to, done)),
    // Only the gzip between the files was left.
    before: {
      'destination fails': { settled: 'ok', rejected: 1, openFds: 0, undestroyed: 1 },
      'destination cannot be opened': { settled: 'ok', rejected: 1, openFds: 0, undestroyed: 1 },
      'source fails': { settled: 'ok', rejected: 1, openFds: 0, undestroyed: 1 },
      'source is missing': { settled: 'ok', rejected: 1, openFds: 0, undestroyed: 1 },
    },
  }),
});
