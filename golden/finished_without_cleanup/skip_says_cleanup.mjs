import { finished } from 'node:stream/promises';

export async function all(source, requests, cleanup) {
  for await (const request of requests) {
    await finished(source, { cleanup: true });
    await finished(source, { cleanup: false, readable: false });
    await finished(source, { cleanup });
    request();
  }
}
