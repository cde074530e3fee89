import { createReadStream } from 'node:fs';
import { quote } from './quote.mjs';

export const quoted = (name) => createReadStream(name).pipe(quote());
