import { errorMonitor } from 'node:events';

const load = (db, file) => (subject, kit) => {
  kit.track(subject.load(file ? kit.path(file) : kit.file('rows.txt', 1 << 20), db(kit)));
};

export default {
  claim: 'a file is opened when it can be read, so nothing that fails before leaves it open',
  scenarios: [
    {
      name: 'the database is away',
      fault: 'connect() rejects a moment after the file was opened',
      run: load((kit) => ({
        async connect() {
          await kit.pause(50);
          throw new Error('away');
        },
      })),
      before: { rejected: 1, openFds: 1, undestroyed: 1 },
      after: { rejected: 1 },
    },
    {
      name: 'no such file',
      fault: 'the file is missing, and connect() takes until that is known, if somebody asks',
      run: load((kit) => {
        let opened;
        kit.onStream(kit.isFsRead(kit.path('missing.txt')), (stream) => {
          opened = stream;
        });
        return {
          async connect() {
            await new Promise(process.nextTick);
            if (opened) await new Promise((resolve) => opened.once(errorMonitor, resolve));
          },
        };
      }, 'missing.txt'),
      before: { settled: 'crash', exit: 1 },
      after: { rejected: 1 },
    },
    {
      name: 'success',
      fault: 'none',
      run: load((kit) => {
        let size = 0;
        kit.metric('size', () => size);
        return { async connect() {}, async insert(row) { size += row.length; } };
      }),
      before: { fulfilled: 1, openFds: 0, size: 1 << 20 },
      after: { fulfilled: 1, size: 1 << 20 },
    },
  ],
};
