import fs from 'node:fs';
import http from 'node:http';
import { pipeline } from 'node:stream/promises';

export function download(url, path) {
  return new Promise((resolve, reject) => {
    http.get(url, (res) => {
      if (res.statusCode !== 200) {
        reject(new Error(`${url} answered ${res.statusCode}`));
        return;
      }
      pipeline(res, fs.createWriteStream(path)).then(resolve, reject);
    }).on('error', reject);
  });
}
