import { Transform, type TransformCallback } from 'node:stream';

export class Sized extends Transform {
  override async _transform(name: string, _: BufferEncoding, done: TransformCallback): Promise<void> {
    const size: number = await this.sizeOf(name);
    const kind = await this.kindOf(name);
    done(null, { name, size, kind });
  }

  private async sizeOf(name: string): Promise<number> {
    return name.length;
  }

  private async kindOf(name: string): Promise<string> {
    throw new Error(name);
  }
}
