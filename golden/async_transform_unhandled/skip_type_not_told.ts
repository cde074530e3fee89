import { Transform, type TransformCallback } from 'node:stream';

export class Sized extends Transform {
  // What `size` is could not be told in the arrow, were it declared without a value.
  override async _transform(name: string, _: BufferEncoding, done: TransformCallback): Promise<void> {
    const size = await this.sizeOf(name);
    const show = () => `${name}: ${size}`;
    done(null, { size, show });
  }

  private async sizeOf(name: string): Promise<number> {
    throw new Error(name);
  }
}
