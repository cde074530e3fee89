import { Transform, Writable } from 'node:stream';

export const stuck = new Writable({ write() {} });

export class Abstract extends Transform {
  _transform(chunk, encoding, callback) {
    throw new Error('not implemented');
  }
}
