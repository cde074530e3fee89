const hashing = (prepare) => (subject, kit) => {
  kit.file('from.bin', 8 << 20);
  kit.onStream(kit.isFsRead(kit.path('from.bin')), (stream) => prepare(kit, stream));
  kit.track(subject.digest(kit.path('from.bin'), () => {}));
};

export default {
  claim: 'a source that fails or closes early rejects the wait for the last stage',
  scenarios: [
    {
      name: 'source fails',
      fault: 'an error after 1 MB',
      run: hashing((kit, stream) => kit.fails(stream, { after: 1 << 20 })),
      before: { settled: 'crash', exit: 1, uncaughtExceptions: 1 },
      after: { rejected: 1 },
    },
    {
      name: 'source closes',
      fault: 'destroy() without an error after 1 MB',
      run: hashing((kit, stream) => kit.dies(stream, { after: 1 << 20 })),
      before: { settled: 'hang', pending: 1, undestroyed: 1 },
      after: { rejected: 1 },
    },
    {
      name: 'all well',
      fault: 'none',
      run: hashing(() => {}),
      before: { settled: 'ok', fulfilled: 1, undestroyed: '>=0' },
      after: { fulfilled: 1, undestroyed: '>=0' },
    },
  ],
};
