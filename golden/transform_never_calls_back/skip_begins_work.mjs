import { Writable } from 'node:stream';

// Whether the stage may go on before the upload is done is not seen.
export const uploaded = (upload, small) =>
  new Writable({
    write(chunk, encoding, callback) {
      if (chunk.length > 1000) {
        upload(chunk);
        return;
      }
      small.push(chunk);
      callback();
    },
  });
