export default ({ downloads }) => ({
  claim: 'what failed is logged, a missing file is a 404, a broken one is cut, nothing stays open',
  scenarios: downloads({
    listener(subject, file) {
      process.env.PAGE = file;
      return subject.default;
    },
    before: {
      'source fails in the middle': { client: 'hang' },
      'source is missing': { client: 'complete', clientStatus: 404 },
    },
    after: { 'source is missing': { client: 'complete', clientStatus: 404, logged: 1 } },
  }),
});
