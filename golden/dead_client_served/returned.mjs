import fs from 'node:fs'
import { createServer } from 'node:http'
import { pipeline } from 'node:stream/promises'

export const serve = (find) => createServer(async (req, res) => {
  const file = await find(req.url)
  if (file === null) return res.writeHead(404).end()
  return pipeline(fs.createReadStream(file), res).catch(console.error)
})
