import { createReadStream, createWriteStream } from 'node:fs';

const source = createReadStream('/etc/motd');
const sink = createWriteStream('/tmp/motd');
source.on('data', (chunk) => sink.write(chunk));
source.on('end', () => sink.end());
