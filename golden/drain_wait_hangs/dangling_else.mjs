import { once } from 'node:events';

export async function say(words, quietly) {
  if (quietly) console.error(words);
  else if (!process.stdout.write(words)) await once(process.stdout, 'drain');
  if (!process.stdout.write('\n')) await once(process.stdout, 'drain');
  else console.error('done');
}
