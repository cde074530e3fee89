import { PassThrough } from 'node:stream';
import { Upload } from '@aws-sdk/lib-storage';

export async function collect(rows) {
  const body = new PassThrough();
  for await (const row of rows) {
    body.write(row);
  }
  body.end();
  return body;
}

export async function upload(client, rows) {
  const body = new PassThrough();
  const sent = new Upload({ client, params: { Bucket: 'b', Key: 'k', Body: body } });
  for await (const row of rows) {
    body.write(row);
  }
  body.end();
  await sent.done();
}
