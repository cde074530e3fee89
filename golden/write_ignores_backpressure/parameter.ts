import type { Writable } from 'node:stream';

export class Report {
  async write(out: Writable, rows: AsyncIterable<string>): Promise<void> {
    for await (const row of rows) {
      out.write(row);
    }
  }
}
