export default ({ downloads }) => ({
  claim: 'the page for a missing file still comes, a broken one is cut, and nothing stays open',
  scenarios: downloads({
    listener(subject, file) {
      process.env.PAGE = file;
      return subject.default;
    },
    before: {
      // Mid-way, the handler ended the response as if it were whole.
      'source fails in the middle': { client: 'complete' },
      'source is missing': { client: 'complete', clientStatus: 404 },
    },
    after: {
      'source fails in the middle': { client: 'cut' },
      'source closes in the middle': { client: 'cut' },
      'source is missing': { client: 'complete', clientStatus: 404 },
    },
  }),
});
