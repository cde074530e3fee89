import { createReadStream } from 'node:fs'
import * as readline from 'node:readline'

export const count = async (file, limit) => {
  let n = 0
  for await (const _ of readline.createInterface({ input: createReadStream(file) })) {
    if (++n >= limit) break
  }
  return n
}
