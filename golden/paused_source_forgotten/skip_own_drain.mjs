import { Duplex } from 'node:stream';

export class Link extends Duplex {
  sendSoon(packet, callback) {
    if (this.write(packet)) callback();
    else this.once('drain', callback);
  }
}
