import { Transform } from 'node:stream'
export const t = new Transform({
  transform (chunk, enc, cb) {
    if (!chunk.length) { return }
    if (chunk[0] === 1) return // nothing
    (function () { console.log('x') })()
    cb(null, chunk)
  }
})
