// A pool of one, which counts what it gets back, and with how many arguments.
const pool = (kit) => {
  let given = 0;
  kit.metric('given', () => given);
  const release = (...args) => {
    given += args.length;
    kit.release();
  };
  return { acquire: async () => release, connect: async () => ({ release }) };
};

const copy = (prepare = () => {}) => async ({ copy }, kit) => {
  const from = kit.file('from.bin', 8 << 20);
  const to = kit.path('to.bin');
  prepare(kit, from, to);
  kit.track(copy(pool(kit), from, to));
};

const read = (prepare = () => {}) => async ({ read }, kit) => {
  const from = kit.file('from.bin', 1 << 20);
  prepare(kit, from);
  kit.track(read(pool(kit), from));
};

export default {
  claim: 'what waits for a stream is given back once, on every end of it, without an argument',
  scenarios: [
    {
      name: 'a pipeline beside it: the destination fails',
      fault: 'the write fails after 1 MB',
      run: copy((kit, from, to) => {
        kit.onStream(kit.isFsWrite(to), (file) => kit.writeFails(file, { after: 1 << 20 }));
      }),
      before: { settled: 'crash', released: 0, exit: 1 },
      after: { rejected: 1, released: 1, given: 0 },
    },
    {
      name: 'a pipeline beside it: success',
      fault: 'none',
      run: copy(),
      before: { settled: 'ok', fulfilled: 1, released: 1 },
      after: { fulfilled: 1, released: 1, given: 0 },
    },
    {
      name: 'awaited: the source is destroyed',
      fault: 'destroy() without an error once the file is open',
      run: read((kit, from) => {
        kit.onStream(kit.isFsRead(from), (file) => file.once('open', () => file.destroy()));
      }),
      before: { settled: 'ok', rejected: 1, released: 0 },
      after: { rejected: 1, released: 1, given: 0 },
    },
    {
      name: 'awaited: success',
      fault: 'none',
      run: read(),
      before: { settled: 'ok', fulfilled: 1, released: 1 },
      after: { fulfilled: 1, released: 1, given: 0 },
    },
  ],
};
