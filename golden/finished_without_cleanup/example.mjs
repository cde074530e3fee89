import { finished } from 'node:stream/promises';

export async function report(source, requests, answer) {
  for await (const request of requests) {
    await finished(source);
    answer(request, source.bytesRead);
  }
}
