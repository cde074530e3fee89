import { request, type RequestOptions } from 'node:https';
import { pipeline } from 'node:stream';

export const report = (options: RequestOptions, form: NodeJS.ReadableStream) =>
  new Promise<void>((resolve, reject) => {
    const req = request(
      options,
      response => {
        if (response.statusCode === 200)
          resolve();
        else
          reject(new Error('refused'));
      },
    );
    pipeline(form, req, (err) => { if (err != null) reject(err); });
  });
