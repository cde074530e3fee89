export default ({ copies }) => ({
  claim: 'a copy always settles, and always closes both files',
  scenarios: copies({ call: (subject, from, to) => subject.copy(from, to) }),
});
