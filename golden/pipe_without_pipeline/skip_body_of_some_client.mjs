import http from 'node:http';
import http2 from 'node:http2';
import { Readable } from 'node:stream';

export const send = (session, url, body) =>
  new Promise((resolve, reject) => {
    const client = session ? http2 : http;
    const sent = client.request(url, resolve);
    sent.on('error', reject);
    if (body instanceof Readable) body.pipe(sent);
  });
