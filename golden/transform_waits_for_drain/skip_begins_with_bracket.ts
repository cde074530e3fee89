import { Transform, type TransformCallback } from 'node:stream'

export class Copied extends Transform {
  _transform(chunk: Buffer, encoding: BufferEncoding, callback: TransformCallback): void {
    const copy = Buffer.from(chunk)
    const more = (this as Transform).push(copy)
    if (!more) {
      this.once('drain', callback)
      return
    }
    callback()
  }
}
