import http from 'node:http';
import { Readable } from 'node:stream';

export const send = (url, body, packed) =>
  new Promise((resolve, reject) => {
    const sent = http.request(url, { method: 'POST' }, resolve);
    sent.on('error', reject);
    if (body instanceof Readable) {
      if (packed) body = packed(body);
      body.pipe(sent);
    }
  });
