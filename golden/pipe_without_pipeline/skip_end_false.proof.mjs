import fs from 'node:fs';

const SIZE = 1 << 20;

/** Appends two parts and then a last line of the caller's own; returns the destination. */
const append = (subject, kit, { parts = 2 } = {}) => {
  const names = Array.from({ length: parts }, (_, i) =>
    kit.file(`${i}.bin`, Buffer.alloc(SIZE, String.fromCharCode(65 + i))));
  const to = kit.path('to.bin');
  const out = fs.createWriteStream(to);
  kit.metric('appended', () => kit.size(to));
  return { names, out };
};

export default {
  claim: 'the parts follow one another, a destination that is gone closes the part, and one that '
    + 'is not is still there for the next to write to',
  scenarios: [
    {
      name: 'destination closes',
      fault: 'destroy() without an error on it after 1.5 MB',
      async run(subject, kit) {
        const { names, out } = append(subject, kit);
        kit.dies(out, { after: SIZE + SIZE / 2 });
        kit.track(subject.append(names, out));
      },
      before: { openFds: 2 },
      after: { rejected: 1 },
    },
    {
      name: 'destination fails',
      fault: 'a write after 1.5 MB fails; its owner listens',
      async run(subject, kit) {
        const { names, out } = append(subject, kit);
        out.on('error', () => {});
        kit.writeFails(out, { after: SIZE + SIZE / 2 });
        kit.track(subject.append(names, out));
      },
      before: { openFds: 2 },
      after: { rejected: 1 },
    },
    {
      name: 'destination is gone before the start',
      fault: 'it was destroyed and has closed',
      async run(subject, kit) {
        const { names, out } = append(subject, kit);
        await kit.dead(out);
        kit.track(subject.append(names, out));
      },
      before: { openFds: 2 },
      after: { rejected: 1 },
    },
    {
      name: 'a part is missing',
      fault: 'ENOENT of the second; the owner then writes its own last line and ends',
      async run(subject, kit) {
        const { names, out } = append(subject, kit);
        kit.track(subject.append([names[0], kit.path('none')], out));
        await kit.quiet();
        kit.metric('usable', out.writable);
        out.end('the end\n');
      },
      before: { settled: 'crash', exit: 1 },
      after: { rejected: 1, usable: true, appended: SIZE + 8 },
    },
    {
      name: 'no fault',
      fault: 'none; the owner then writes its own last line and ends',
      async run(subject, kit) {
        const { names, out } = append(subject, kit, { parts: 12 });
        kit.track(subject.append(names, out));
        await kit.quiet();
        out.end('the end\n');
        await kit.quiet();
        const text = fs.readFileSync(out.path, 'latin1').replace(/(.)\1*/gs, '$1');
        kit.metric('order', text);
      },
      // All at once: their bytes are mixed, and each adds its listeners to the destination.
      before: { undestroyed: 0, openFds: 0, warnings: '>0', appended: 12 * SIZE + 8 },
      after: { fulfilled: 1, warnings: 0, appended: 12 * SIZE + 8, order: 'ABCDEFGHIJKLthe end\n' },
    },
  ],
};
