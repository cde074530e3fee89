import * as fs from "node:fs";
import { Duplex } from "node:stream";
import { createGunzip } from "node:zlib";

export async function lines(name: string): Promise<number> {
  const text = fs.createReadStream(name).pipe(createGunzip()) as Duplex;
  let count = 0;
  for await (const chunk of text) {
    for (const byte of chunk) if (byte === 10) count += 1;
  }
  return count;
}
