import { once } from 'events'
import { createWriteStream } from 'fs'
import { finished } from 'stream/promises'

export async function save (rows, path) {
  const out = createWriteStream(path)
  for (const row of rows) {
    if (!out.write(row)) await once(out, 'drain')
  }
  out.end()
  await finished(out)
}
