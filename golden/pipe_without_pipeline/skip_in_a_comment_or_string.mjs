import { createReadStream } from 'node:fs';

// createReadStream(from).pipe(res);
export const example = "createReadStream(from).pipe(res)";
export const open = (name) => createReadStream(name);
