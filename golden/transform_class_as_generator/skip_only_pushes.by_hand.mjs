import { pipeline } from 'node:stream/promises';

async function* pricesOf(rows) {
  for await (const row of rows) {
    const { price } = JSON.parse(row);
    if (price != null) yield price;
  }
}

export async function prices(rows, into) {
  await pipeline(rows, pricesOf, into);
}
