import { Readable, Transform } from 'node:stream';

export async function joined(words) {
  let text = '';
  for await (const word of Readable.from(words)) text += word;
  return text;
}

export const named = () =>
  new Transform({
    objectMode: true,
    transform(row, encoding, callback) {
      callback(null, row.toString());
    },
  });

export const kept = () =>
  new Transform({
    decodeStrings: false,
    transform(text, encoding, callback) {
      callback(null, text.toString().toUpperCase());
    },
  });
