import { Transform } from 'node:stream';

export const lines = () =>
  new Transform({
    transform(chunk, encoding, callback) {
      let failed = false;
      switch (chunk[0]) {
        case 1:
          failed = true;
          callback(new Error('no'));
          break;
        case 2:
          return callback();
        default:
          this.push(chunk);
      }
      if (failed) return;
      try {
        this.count(chunk);
      } finally {
        callback();
      }
    },
  });
