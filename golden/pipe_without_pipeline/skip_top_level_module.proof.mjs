const SIZE = 8 << 20;

const packs = (prepare) => async (load, kit) => {
  process.env.FROM = kit.path('from.bin');
  process.env.TO = kit.path('to.gz');
  prepare(kit, process.env.FROM, process.env.TO);
  kit.metric('packed', () => kit.size(process.env.TO));
  // Whoever imports it does not wait for the copy.
  kit.metric('started', (await load()).started);
};
const filled = (kit) => kit.file('from.bin', kit.noise(SIZE));

// Nobody can wait for it, before or after: what fails must still end the process.
const stillLoud = {
  settled: 'crash', exit: 1, unhandledRejections: 1, undestroyed: '>=0', openFds: '>=0',
};

export default {
  claim: 'a copy that breaks leaves no file open, and still ends the process, with the same code',
  scenarios: [
    {
      name: 'destination closes',
      fault: 'destroy() without an error on the write stream after 1 MB, between two writes',
      script: true,
      run: packs((kit, from, to) => {
        filled(kit);
        kit.onStream(kit.isFsWrite(to), (it) => kit.dies(it, { after: 1 << 20 }));
      }),
      before: { settled: 'ok', openFds: 1 },
      after: stillLoud,
    },
    {
      name: 'source fails',
      fault: 'destroy(err) on the read stream after 1 MB',
      script: true,
      run: packs((kit, from) => {
        filled(kit);
        kit.onStream(kit.isFsRead(from), (it) => kit.fails(it, { after: 1 << 20 }));
      }),
      before: { settled: 'crash', exit: 1 },
      after: stillLoud,
    },
    {
      name: 'no fault',
      fault: 'none',
      script: true,
      run: packs(filled),
      before: { started: true, undestroyed: 0, openFds: 0, packed: `>=${SIZE}` },
      after: { started: true, packed: `>=${SIZE}` },
    },
  ],
};
