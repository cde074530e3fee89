import { createWriteStream } from 'node:fs';

const HEAD = ['# Report', '', 'Rows follow.'];

export async function save(totals, path) {
  const out = createWriteStream(path);
  for (const line of HEAD) out.write(`${line}\n`);
  for (const [name, total] of Object.entries(totals)) out.write(`${name} ${total}\n`);
  for (const name in totals) out.write(`${name}\n`);
  for (let i = 0; i < 80; i += 1) out.write('-');
  await new Promise((resolve) => out.end(resolve));
}
