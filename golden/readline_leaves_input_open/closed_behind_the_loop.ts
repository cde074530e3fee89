import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'

export class Log {
	constructor(private readonly file: string) {}

	async *entries(): AsyncGenerator<Record<string, unknown>> {
		const stream = createReadStream(this.file)
		const rl = createInterface({ input: stream })
		for await (const line of rl) {
			yield JSON.parse(line)
		}
		rl.close()
		stream.close()
	}
}
