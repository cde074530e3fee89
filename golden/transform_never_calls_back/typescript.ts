import { Transform, type TransformCallback } from 'node:stream';

export class Records extends Transform {
  private wanted: Set<string> = new Set();

  override _transform(record: { id: string; tags: string[] }, _: BufferEncoding, done: TransformCallback): void {
    if (!this.wanted.has(record.id)) {
      return;
    }
    for (const tag of record.tags) {
      if (tag === 'hidden') return done();
    }
    done(null, record);
  }
}
