const open = (fails) => async ({ open }, kit) => {
  const from = kit.file('from.bin', 1 << 20);
  if (fails) kit.onStream(kit.isFsRead(from), (file) => file.once('open', () => file.destroy()));
  open({ unlock: kit.release }, from);
};

export default {
  claim: 'where nobody else hears of a failure, it still ends the process, but after the release',
  scenarios: [
    {
      name: 'the source is destroyed',
      fault: 'destroy() without an error once the file is open',
      run: open(true),
      before: { settled: 'crash', exit: 1, released: 0 },
      after: { settled: 'crash', exit: 1, unhandledRejections: 1, released: 1 },
    },
    {
      name: 'success',
      fault: 'none',
      run: open(false),
      before: { settled: 'ok', exit: 0, released: 1 },
      after: { released: 1 },
    },
  ],
};
