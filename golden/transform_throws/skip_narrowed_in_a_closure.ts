import { Transform, TransformCallback } from 'node:stream';
interface Row { ids: string[] }
export class T extends Transform {
  override _transform(chunk: Buffer, _enc: BufferEncoding, cb: TransformCallback): void {
    const row: Row | null = JSON.parse(chunk.toString());
    if (!row) return cb();
    const out = row.ids.map((x) => x + row.ids.length);
    cb(null, out.join());
  }
}
