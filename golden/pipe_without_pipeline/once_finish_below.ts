import { createReadStream } from 'fs'
import { once } from 'events'
import { Transform } from 'stream'
import { createHash } from 'crypto'

export async function digest(name: string, log: (text: string) => void): Promise<string> {
    const hash = createHash('sha256')
    const sink = new Transform({
        transform(chunk, _encoding, done) {
            hash.update(chunk)
            done()
        }
    })
    createReadStream(name).pipe(sink)
    log(`hashing ${name}`)
    await once(sink, 'finish')
    return hash.digest('hex')
}
