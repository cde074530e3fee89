// The file is renamed at the end, so a whole copy is no longer where it was written.
const renamed = { settled: 'ok', fulfilled: 1, copied: 0 };

export default ({ copies }) => ({
  claim: 'a cleanup that must not run twice runs once, whatever fails',
  scenarios: copies({
    call: (subject, from, to) => subject.replace(from, to),
    target: (to) => `${to}.part`,
    before: { 'no fault': { ...renamed, openFds: 0, undestroyed: 0, pending: 0 } },
    after: { 'no fault': renamed },
    // A folder, or a file that is not there yet, cannot be removed: the listener throws as before.
    only: ['destination closes', 'destination fails', 'source closes', 'source fails', 'no fault'],
  }),
});
