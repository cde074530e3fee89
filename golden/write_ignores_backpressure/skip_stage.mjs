import { Writable } from 'node:stream';
import { createWriteStream } from 'node:fs';

export class Split extends Writable {
  out = createWriteStream('/tmp/split');

  async _write(chunk, encoding, callback) {
    while (chunk.more()) {
      this.out.write(await chunk.next());
    }
    callback();
  }
}
