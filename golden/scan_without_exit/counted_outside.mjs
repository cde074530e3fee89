import { createReadStream } from 'node:fs'

export async function position(file, byte) {
  const input = createReadStream(file),
    tail = []
  let passed = 0
  let found = false

  await new Promise((resolve, reject) => {
    input.on('data', function (chunk) {
      if (found) return
      tail.push(chunk)
      if (tail.length > 2) tail.shift()
      const at = chunk.indexOf(byte)
      passed += at === -1 ? chunk.length : at
      if (at !== -1) {
        found = true
        resolve()
        return
      }
    })
    input.on('end', resolve)
    input.on('error', reject)
  })
  return found ? passed : -1
}
