import { once } from 'node:events';
import { createWriteStream } from 'node:fs';

export async function upload(req, res) {
  const out = createWriteStream('/var/uploads/last');
  try {
    for await (const chunk of req) {
      if (!out.write(chunk)) await once(out, 'drain');
    }
    out.end(() => res.end('stored'));
  } catch (err) {
    out.destroy();
    res.writeHead(500).end();
  }
}
