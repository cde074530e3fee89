import { Transform } from 'node:stream';

export class Stored extends Transform {
  _transform(row, encoding, callback) {
    this.store(row)
      .then((id) => callback(null, id))
      .catch((err) => this.leaveOut(row, err));
  }
}
