import { Transform, type TransformCallback } from 'node:stream';

export class Names extends Transform {
  override _transform(id: string, _: BufferEncoding, done: TransformCallback): void {
    done();
    this.nameOf(id)
      .then((name) => {
        this.push(name);
      })
      .catch((err: Error) => this.destroy(err));
  }

  private async nameOf(id: string): Promise<string> {
    return `name of ${id}`;
  }
}
