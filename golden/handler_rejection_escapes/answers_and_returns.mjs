import { createReadStream } from 'node:fs'
import { createServer } from 'node:http'
import { pipeline } from 'node:stream/promises'

export const serve = (log) =>
  createServer(async (req, res) => {
    const source = createReadStream('file.bin')
    try {
      await pipeline(source, res)
    } catch (err) {
      log(err)
      source.destroy()
      return res.writeHead(500).end()
    }
  })
