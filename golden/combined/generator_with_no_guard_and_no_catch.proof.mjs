export default ({ downloads }) => ({
  claim: 'a whole answer is no failure, and no client and no disk ends the process',
  // Before, a whole answer ends the process, so this is no run without a fault.
  scenarios: downloads({
    listener: (subject, file) => subject.server(file).listeners('request')[0],
    only: ['client leaves in the middle', 'source fails in the middle', 'no fault'],
    before: {
      'client leaves in the middle': { settled: 'crash' },
      'source fails in the middle': { settled: 'crash' },
      'no fault': { settled: 'crash' },
    },
  }).map((one) => (one.name === 'no fault' ? { ...one, name: 'all well' } : one)),
});
