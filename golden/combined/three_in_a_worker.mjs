import { once } from 'node:events';
import fs from 'node:fs';
import readline from 'node:readline';
import zlib from 'node:zlib';

export async function work(log, word, report, packed) {
  const input = fs.createReadStream(log);
  let found = null;
  for await (const line of readline.createInterface({ input })) {
    if (line.includes(word)) {
      found = line;
      break;
    }
  }
  const out = fs.createWriteStream(report);
  for (let n = 0; n < 100000; n += 1) {
    if (!out.write(`${n} ${found}\n`)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
  await new Promise((resolve, reject) => {
    fs.createReadStream(report)
      .pipe(zlib.createGzip())
      .pipe(fs.createWriteStream(packed))
      .on('finish', resolve)
      .on('error', reject);
  });
}
