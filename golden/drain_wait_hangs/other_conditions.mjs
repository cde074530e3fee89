import { once } from 'node:events';
import { createWriteStream } from 'node:fs';

const out = createWriteStream('log');

export async function inBulk(lines) {
  let i = 0;
  while (i < lines.length) {
    let more = true;
    while (more && i < lines.length) more = out.write(lines[i++]);
    if (!more || out.writableLength > 1e6) await once(out, 'drain');
  }
}

export async function patiently(lines) {
  for (const line of lines) {
    try {
      if (false == out.write(line)) {
        await once(out, 'drain');
      } else if (out.writableNeedDrain) await once(out, 'drain');
    } catch (err) {
      console.error(err);
    }
  }
  !out.write('end') && (await once(out, 'drain'));
}
