import { Transform } from 'streamx';
import { transform } from '@babel/core';

export const own = { transform(chunk, encoding, callback) { if (!chunk) return; callback(); } };

export const other = new Transform({
  transform(chunk, callback) {
    if (!chunk.length) return;
    callback(null, transform(chunk));
  },
});
