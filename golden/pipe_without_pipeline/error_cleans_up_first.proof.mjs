export default ({ copies }) => ({
  claim: 'a copy rejects only when what is left of it is removed, whatever failed',
  scenarios: copies({
    call: async (subject, from, to) => subject.copy(from, to),
  }),
});
