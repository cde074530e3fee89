import { readFile } from 'node:fs';
import { Transform } from 'node:stream';

export const contents = (server) =>
  new Transform({
    objectMode: true,
    transform(name, encoding, callback) {
      readFile(name, (err, bytes) => {
        if (err) return callback(err);
        callback(null, bytes);
      });
    },
    // It may come again, and then call back.
    flush(callback) {
      server.on('idle', (error) => {
        if (error) return;
        callback();
      });
    },
  });

// Somebody else has it too, or the function gives itself on.
export const kept = (wire, waiting) =>
  new Transform({
    transform(chunk, encoding, callback) {
      wire(chunk, function next(err, rest) {
        if (err) return callback(err);
        if (!rest) return callback();
        wire(rest, next);
      });
    },
    flush(callback) {
      waiting.callback = callback;
      wire(null, (err) => {
        if (err) callback(err);
      });
    },
  });
