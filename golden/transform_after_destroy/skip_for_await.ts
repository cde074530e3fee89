import { Transform, TransformCallback } from 'node:stream';

export class Pages extends Transform {
  async _transform(id: string, encoding: BufferEncoding, callback: TransformCallback) {
    for await (const page of this.pages(id)) this.push(page);
    callback();
  }

  async *pages(id: string) {
    yield id;
  }
}
