// When the timer is set there is no stream yet: its callback runs later.
import { createWriteStream } from 'node:fs';

setInterval(() => console.log(out.writableLength), 1000);
watch();
const out = createWriteStream('copy.txt');

function watch() {
  setInterval(() => console.log(out.bytesWritten), 1000);
}

if (process.argv[2]) {
  var log = createWriteStream(process.argv[2]);
}
setInterval(() => console.log(log.bytesWritten), 1000);
