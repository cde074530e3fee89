export default ({ downloads }) => ({
  claim: 'the page has its footer when it is whole, and is cut when it is not',
  scenarios: downloads({
    listener(subject, file) {
      process.env.PAGE = file;
      return subject.default;
    },
    after: { 'source is missing': { client: ['none', 'cut'], logged: 1 } },
  }),
});
