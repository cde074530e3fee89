import fs from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { find } from './files.mjs'

export async function download(req, res) {
  let source
  try {
    const file = await find(req.url)
    source = fs.createReadStream(file)
    await pipeline(source, res)
  } catch {
    (res.headersSent ? res.destroy : res.end).call(res)
  }
}

export async function attachment(req, res) {
  let body, length
  try {
    ;({ body, length } = await find.blob(req.url))
  } catch (err) {
    return res.sendStatus(404)
  }
  res.setHeader('Content-Length', length)
  try {
    await pipeline(body, res)
  } catch (err) {}
}
