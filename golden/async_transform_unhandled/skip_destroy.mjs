import { Writable } from 'node:stream';

// The callback is owed the error that `destroy` was given.
export class Upload extends Writable {
  async _destroy(error, callback) {
    await this.part.abort();
    callback(error);
  }
}
