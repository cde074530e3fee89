export default ({ copies }) => ({
  claim: 'work at the end of the source waits for the file, and never follows a failure',
  scenarios: copies({ call: (subject, from, to) => subject.copy(from, to) }),
});
