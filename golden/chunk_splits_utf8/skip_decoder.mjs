import fs from 'node:fs';
import { StringDecoder } from 'node:string_decoder';

export async function text(file) {
  const decoder = new StringDecoder('utf8');
  let all = '';
  for await (const chunk of fs.createReadStream(file)) all += decoder.write(chunk);
  return all + decoder.end();
}
