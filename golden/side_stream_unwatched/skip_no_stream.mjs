import crypto from 'node:crypto';
import { Transform } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

export function hashed(parser) {
  const hash = crypto.createHash('sha256');
  const decoder = new StringDecoder('utf8');
  return new Transform({
    transform(chunk, encoding, callback) {
      hash.write(chunk);
      parser.write(decoder.write(chunk));
      callback(null, chunk);
    },
  });
}
