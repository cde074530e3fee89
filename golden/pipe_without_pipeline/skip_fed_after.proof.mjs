const SIZE = 4 << 20;
const MIDDLE = 1 << 20;

const zip = (prepare) => (subject, kit) => {
  const to = kit.path('to.zip');
  for (const name of ['a', 'b', 'c']) kit.file(`folder/${name}.bin`, kit.noise(SIZE));
  prepare(kit, to);
  kit.metric('packed', () => kit.size(to));
  kit.track(subject.zip(kit.path('folder'), to));
};

// The archive is destroyed, but the file it was packing is its own: no hand gets at it.
const failed = { rejected: 1, openFds: 1, undestroyed: '>0' };

export default {
  claim: 'an archive that cannot be written is a rejection, one that can is whole when it settles',
  scenarios: [
    {
      name: 'destination closes',
      fault: 'destroy() without an error after 1 MB',
      run: zip((kit, to) => kit.onStream(kit.isFsWrite(to), (it) => kit.dies(it, { after: MIDDLE }))),
      before: { settled: 'hang' },
      after: failed,
    },
    {
      name: 'destination fails',
      fault: 'a write after 1 MB fails',
      run: zip((kit, to) =>
        kit.onStream(kit.isFsWrite(to), (it) => kit.writeFails(it, { after: MIDDLE }))),
      before: { settled: 'crash', exit: 1 },
      after: failed,
    },
    {
      name: 'destination cannot be opened',
      fault: 'its path is a folder: EISDIR',
      run: zip((kit, to) => kit.folder(to)),
      before: { settled: 'crash', exit: 1 },
      after: failed,
    },
    {
      name: 'no fault',
      fault: 'none',
      run: zip(() => {}),
      before: { fulfilled: 1, undestroyed: 0, openFds: 0, packed: `>=${3 * SIZE}` },
      after: { fulfilled: 1, packed: `>=${3 * SIZE}` },
    },
  ],
};
