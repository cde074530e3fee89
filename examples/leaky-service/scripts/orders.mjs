import fs from 'node:fs';

const COUNTRIES = ['DE', 'FR', 'GB', 'IT', 'NL', 'PL'];

/** The same numbers in every run: mulberry32. */
function numbers(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  };
}

/** Writes at least `bytes` bytes of invented orders to `file`, one JSON object per line. */
export function writeOrders(file, bytes, seed = 1) {
  const next = numbers(seed);
  const hex = () => next().toString(16).padStart(8, '0');
  const fd = fs.openSync(file, 'w');
  let written = 0;
  for (let id = 1; written < bytes; ) {
    let lines = '';
    for (const end = id + 1000; id < end; id += 1) {
      const order = {
        id,
        customer: `${hex()}${hex()}`,
        country: COUNTRIES[next() % COUNTRIES.length],
        amount: (next() % 100_000) / 100,
        note: `${hex()}${hex()}${hex()}${hex()}`,
      };
      lines += `${JSON.stringify(order)}\n`;
    }
    written += fs.writeSync(fd, lines);
  }
  fs.closeSync(fd);
}
