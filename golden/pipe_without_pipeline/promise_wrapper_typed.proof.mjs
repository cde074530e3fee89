const closedIsEnough = { settled: 'ok', fulfilled: 1, openFds: 1 };

export default ({ copies }) => ({
  claim: 'a copy always settles, always closes both files, and never takes a broken one for whole',
  scenarios: copies({
    call: (subject, from, to) => subject.copy(from, to),
    // 'close' comes after a failure too: the wrapper called this a success.
    before: { 'destination closes': closedIsEnough },
  }),
});
