import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline/promises';

export async function* records(file: string): AsyncGenerator<Record<string, string>> {
	const input = createReadStream(file, { encoding: 'utf8', start: 0 });
	const rl = createInterface({ input });
	let header: string[] | undefined;
	for await (const line of rl) {
		if (header === undefined) {
			header = line.split(',');
			continue;
		}
		const cells = line.split(',');
		yield Object.fromEntries(header.map((name, i) => [name, cells[i]]));
	}
}
