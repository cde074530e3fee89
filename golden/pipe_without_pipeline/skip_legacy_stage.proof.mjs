export default ({ copies }) => ({
  claim: 'a stage of the old kind is destroyed with the others, whichever of them fails',
  scenarios: copies({
    call: (subject, from, to) => subject.default(from, to),
    before: {
      // Unpiped, such a stage goes on for nobody: the file is read to its end.
      'destination closes': { settled: 'hang', pending: 1 },
      'destination cannot be opened': { rejected: 1, openFds: 0 },
    },
  }),
});
