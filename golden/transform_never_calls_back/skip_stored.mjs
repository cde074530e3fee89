import { Writable } from 'node:stream';

// The callback waits in a field on one path, so the other path may be served from there too.
export class Batches extends Writable {
  _write(chunk, encoding, callback) {
    if (chunk.length === 0) {
      return;
    }
    this.chunks.push(chunk);
    this.waiting = callback;
  }

  release() {
    this.waiting?.();
  }
}
