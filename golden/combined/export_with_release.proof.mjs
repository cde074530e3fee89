export default ({ downloads }) => ({
  claim: 'a slot is given back once, whoever leaves and whatever fails',
  scenarios: downloads({
    listener: (subject, file, kit) =>
      subject.server(file, { take: () => ({ release: () => kit.release() }) }).listeners('request')[0],
    only: ['client leaves in the middle', 'source closes in the middle', 'no fault'],
    before: {
      'client leaves in the middle': { openFds: 1, released: 1 },
      'source closes in the middle': { client: 'hang', released: 0 },
      'no fault': { client: 'complete', released: 1, undestroyed: 0 },
    },
    after: {
      'client leaves in the middle': { released: 1, logged: 0 },
      'source closes in the middle': { client: 'cut', released: 1, logged: '>0' },
      'no fault': { client: 'complete', released: 1 },
    },
  }),
});
