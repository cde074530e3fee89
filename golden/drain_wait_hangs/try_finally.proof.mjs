// A compressed dump: the cursor must be closed whatever becomes of the stream.
const cursor = (kit, count) => ({
  async *[Symbol.asyncIterator]() {
    for (let i = 0; i < count; i += 1) yield 'x'.repeat(100_000);
  },
  close: kit.release,
});

const archive = (prepare = () => {}) => (subject, kit) => {
  prepare(kit);
  kit.track(subject.archive(cursor(kit, 20), kit.path('dump.gz')));
};

// Nothing more comes. With a write in flight the file would say ERR_STREAM_DESTROYED.
const closes = (file) => {
  if (file.writableLength > 0) setTimeout(closes, 10, file);
  else file.destroy();
};

export default {
  claim: 'a dump whose stream is gone ends, and closes its cursor',
  scenarios: [
    {
      name: 'the compressor is destroyed',
      fault: 'destroy() on the gzip right after the first write that returned false',
      run: archive((kit) => {
        kit.onStream(kit.isA('Gzip'), (gzip) => kit.whenFull(gzip, () => gzip.destroy()));
        kit.onStream(kit.isFsWrite(), (file) => setTimeout(closes, 50, file));
      }),
      before: { pending: 1, released: 0 },
      after: { rejected: 1, released: 1 },
    },
    {
      name: 'success',
      fault: 'none',
      run: archive((kit) => kit.metric('compressed', () => kit.size(kit.path('dump.gz')) > 100)),
      before: { settled: 'ok', fulfilled: 1, released: 1, compressed: true },
      after: { fulfilled: 1, released: 1, compressed: true },
    },
  ],
};
