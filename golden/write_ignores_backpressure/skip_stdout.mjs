import { createWriteStream } from 'node:fs';

const log = createWriteStream('/var/log/copy.log');
const { stdout } = process;

for await (const row of rows()) {
  process.stdout.write(row);
  stdout.write(row);
  log.write(row);
}
