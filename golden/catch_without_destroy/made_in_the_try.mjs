import fs from 'node:fs'
import http from 'node:http'
import { pipeline } from 'node:stream/promises'
import { find } from './files.mjs'

export const server = http.createServer(async (req, res) => {
  try {
    const file = await find(req.url)
    const source = fs.createReadStream(file)
    await pipeline(source, res)
  } catch (err) {
    console.error(err)
  }
})
