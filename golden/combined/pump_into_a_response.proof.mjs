export default ({ downloads }) => ({
  claim: 'nobody reads on for a client that has left, and a failure ends its answer only',
  scenarios: downloads({
    listener: (subject, file) => subject.server(file).listeners('request')[0],
    only: ['source fails in the middle', 'source closes in the middle', 'source is missing', 'no fault'],
  }),
});
