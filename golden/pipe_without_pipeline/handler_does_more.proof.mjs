// The file is renamed at the end, so a whole copy is no longer where it was written.
const renamed = { settled: 'ok', fulfilled: 1, copied: 0 };

export default ({ copies }) => ({
  claim: 'a copy that is renamed at its end settles whatever happens, and closes both files',
  scenarios: copies({
    call: (subject, from, to) => subject.replace(from, to),
    target: (to) => `${to}.part`,
    before: { 'no fault': { ...renamed, openFds: 0, undestroyed: 0, pending: 0 } },
    after: { 'no fault': renamed },
  }),
});
