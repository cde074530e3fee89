import { Transform } from 'node:stream';

export const parsed = () => new Transform({
	objectMode: true,
	transform: (line, encoding, callback) => callback(null, JSON.parse(line)),
});
