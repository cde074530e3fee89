export default ({ copies }) => ({
  claim: 'packing a file always settles, and leaves neither a file nor the gzip stream open',
  scenarios: copies({
    call: (subject, from) => subject.compress(from),
    target: (to) => to.replace('to.bin', 'from.bin.gz'),
  }),
});
