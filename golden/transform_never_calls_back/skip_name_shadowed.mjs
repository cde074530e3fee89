import { Transform } from 'node:stream';

export const tagged = new Transform({
  objectMode: true,
  transform(row, encoding, done) {
    if (row.steps) {
      const done = row.steps.filter((step) => step.done);
      if (!row.open) return;
      row.count = done.length;
    }
    done(null, row);
  },
});
