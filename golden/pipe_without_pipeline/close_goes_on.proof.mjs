// The file is renamed at the end, so a whole copy is no longer where it was written.
const renamed = { settled: 'ok', fulfilled: 1, copied: 0 };
const early = { settled: 'ok', fulfilled: 1, openFds: 1 };

export default ({ copies }) => ({
  claim: 'nothing that follows a whole copy happens after a failed one, and both files are closed',
  scenarios: copies({
    call: (subject, from, to) => subject.replace(from, to),
    target: (to) => `${to}.part`,
    before: {
      'no fault': { ...renamed, openFds: 0, undestroyed: 0, pending: 0 },
      // 'close' follows the death of the file too: half a copy is put in place.
      'destination closes': early,
    },
    after: { 'no fault': renamed },
  }),
});
