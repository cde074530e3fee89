import { Engine } from 'engine.io-client';
import SonicBoom from 'sonic-boom';

export function send(packets) {
  const engine = new Engine('ws://localhost');
  const file = new SonicBoom({ dest: '/tmp/log' });
  next();
  function next() {
    if (!engine.write(packets.shift())) engine.once('drain', next);
    if (!file.write('sent')) file.once('drain', next);
  }
}
