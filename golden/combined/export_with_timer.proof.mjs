const downloads = { running: 0 };

export default ({ downloads: family }) => ({
  claim: 'no client and no disk leaves a stage open, and what is counted is counted back',
  scenarios: family({
    path: '/export',
    listener: (subject, file) => subject.app(file, 60_000, downloads),
    only: ['client leaves in the middle', 'client resets the connection', 'source closes in the middle', 'no fault'],
    before: {
      'client leaves in the middle': { openFds: 1 },
      'client resets the connection': { openFds: 1 },
      'source closes in the middle': { client: 'hang' },
      'no fault': { client: 'complete', undestroyed: 0 },
    },
    after: {
      'no fault': { client: 'complete', logged: 0 },
    },
  }),
});
