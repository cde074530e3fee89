import { Transform } from 'node:stream'
export const t = new Transform({
  transform (chunk, enc, cb) {
    const f = make
    cb();
    (work(chunk)).then(x => this.push(x))
  }
})
