import { encode } from './messages.js';

export function message(it) {
  const bytes = Buffer.allocUnsafe(encode.size(it));
  encode(it, bytes);
  return bytes;
}

export class Packets {
  constructor() {
    this.bytes = Buffer.allocUnsafe(1024);
  }

  next(size) {
    return { bytes: Buffer.allocUnsafe(size), at: 0 };
  }
}
