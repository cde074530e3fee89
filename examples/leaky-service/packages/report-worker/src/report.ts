import { once } from 'node:events';
import fs from 'node:fs';

export interface Order {
  id: number;
  customer: string;
  amount: number;
}

function line(order: Order): string {
  return `${String(order.id).padStart(10)}  ${order.customer.padEnd(40)}  ${order.amount.toFixed(2).padStart(12)}\n`;
}

/** Writes one line per order to `file` and gives the number of orders. */
export async function writeReport(orders: Iterable<Order>, file: string): Promise<number> {
  const out = fs.createWriteStream(file);
  let count = 0;
  for (const order of orders) {
    if (!out.write(line(order))) {
      await once(out, 'drain');
    }
    count += 1;
  }
  out.end();
  await once(out, 'finish');
  return count;
}
