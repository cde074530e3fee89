import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

class Prices extends Transform {
  constructor() {
    super({ objectMode: true });
  }
  _transform(row, encoding, callback) {
    const { price } = JSON.parse(row);
    this.push(price);
    callback();
  }
}

export async function prices(rows, into) {
  await pipeline(rows, new Prices(), into);
}
