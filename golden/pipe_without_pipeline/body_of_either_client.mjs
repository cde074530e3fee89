import http from 'node:http';
import https from 'node:https';
import { Readable } from 'node:stream';

export const send = (url, body) =>
  new Promise((resolve, reject) => {
    if (Array.isArray(body)) body = JSON.stringify(body);
    const client = url.startsWith('https:') ? https : http;
    const sent = client.request(url, { method: 'POST' }, (message) => {
      message.resume();
      resolve(message.statusCode);
    });
    sent.on('error', reject);
    if (body instanceof Readable) {
      body.pipe(sent);
    } else {
      sent.end(body);
    }
  });
