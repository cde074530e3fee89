const SIZE = 1 << 20;

/** Adds a file to the log that the module opened, and then says a word of its own. */
const add = (prepare) => async (load, kit) => {
  const log = kit.path('log.txt');
  process.env.LOG = log;
  const name = kit.path('added.txt');
  let opened;
  kit.onStream(kit.isFsWrite(log), (stream) => {
    opened = stream;
    stream.on('error', () => {});
  });
  prepare(kit, name);
  const { default: subject } = await load();
  kit.track(subject.add(name));
  await kit.quiet();
  kit.metric('usable', opened.writable);
  subject.say('later\n');
  await kit.quiet();
  kit.metric('written', kit.size(log));
  opened.destroy();
};

export default {
  claim: 'the log is there for what comes later, whatever became of the file that was added',
  scenarios: [
    {
      name: 'source fails',
      fault: 'destroy(err) on the read stream after 64 kB',
      script: true,
      run: add((kit, name) => {
        kit.file('added.txt', SIZE);
        kit.onStream(kit.isFsRead(name), (it) => kit.fails(it, { after: 65536 }));
      }),
      before: { settled: 'crash', exit: 1 },
      after: { rejected: 1, usable: true },
    },
    {
      name: 'source is missing',
      fault: 'ENOENT',
      script: true,
      run: add(() => {}),
      before: { settled: 'crash', exit: 1 },
      after: { rejected: 1, usable: true, written: 6 },
    },
    {
      name: 'log fails',
      fault: 'a write to it after 64 kB fails; its owner listens',
      script: true,
      run: add((kit) => {
        kit.file('added.txt', SIZE);
        kit.onStream(kit.isFsWrite(kit.path('log.txt')), (it) => kit.writeFails(it, { after: 65536 }));
      }),
      before: { openFds: 1 },
      after: { rejected: 1 },
    },
    {
      name: 'a word after it',
      fault: 'none, but the end of the file that was added ends the log',
      script: true,
      run: add((kit) => kit.file('added.txt', SIZE)),
      before: { usable: false, written: SIZE },
      after: { fulfilled: 1, usable: true, written: SIZE + 6 },
    },
  ],
};
