import http from 'node:http';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';

export async function first(source, found) {
  for await (const name of found) {
    await finished(source);
    return name;
  }
  while (found.size > 0) {
    if (found.has('end')) {
      await finished(source);
      break;
    }
    await once(source, 'data');
  }
}

http.createServer(async (req, res) => {
  res.end('well');
  await finished(res);
}).listen(0);

export function stop(bus, source) {
  bus.once('stop', async () => {
    await finished(source);
  });
}
