import fs from 'node:fs';

const SIZE = 1 << 20;

const concat = (prepare) => (subject, kit) => {
  const names = ['a', 'b', 'c'].map((name, i) =>
    kit.file(name, Buffer.alloc((i + 1) * SIZE, name)));
  const to = kit.path('to.bin');
  prepare(kit, { names, to });
  kit.metric('order', () =>
    fs.existsSync(to) ? fs.readFileSync(to, 'latin1').replace(/(.)\1*/gs, '$1') : null);
  kit.metric('written', () => kit.size(to));
  kit.track(subject.concat(names, to));
};

export default {
  claim: 'the files follow one another, and when one fails nothing is left open',
  scenarios: [
    {
      name: 'destination closes',
      fault: 'destroy() without an error after 1 MB',
      run: concat((kit, { to }) => kit.onStream(kit.isFsWrite(to), (it) => kit.dies(it, { after: SIZE }))),
      before: { openFds: 3 },
      after: { rejected: 1 },
    },
    {
      name: 'destination fails',
      fault: 'a write after 1 MB fails',
      run: concat((kit, { to }) =>
        kit.onStream(kit.isFsWrite(to), (it) => kit.writeFails(it, { after: SIZE }))),
      before: { settled: 'crash', exit: 1 },
      after: { rejected: 1 },
    },
    {
      name: 'a source is missing',
      fault: 'ENOENT of the second',
      run: concat((kit, { names }) => fs.unlinkSync(names[1])),
      before: { settled: 'crash', exit: 1 },
      after: { rejected: 1, order: ['a', ''] },
    },
    {
      name: 'a source closes',
      fault: 'destroy() without an error on the first after 64 kB',
      run: concat((kit, { names }) =>
        kit.onStream(kit.isFsRead(names[0]), (it) => kit.dies(it, { after: 65536 }))),
      after: { rejected: 1, order: ['a', ''] },
    },
    {
      name: 'files of different size',
      fault: 'the first to end also ends the destination',
      run: concat(() => {}),
      after: { fulfilled: 1, order: 'abc', written: 6 * SIZE },
    },
  ],
};
