export default ({ stages }) => ({
  claim: 'a stage with nothing left to give ends, and so does its pipeline',
  scenarios: stages({
    stages: (subject) => [subject.default()],
    trips: 'one two ',
    plain: 'one two three',
    chunk: 4,
    passes: (text) => text.split(' ').join(''),
    only: ['a chunk that trips it', 'no fault'],
  }),
});
