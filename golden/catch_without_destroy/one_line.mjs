import { spawn } from 'node:child_process'
import fs from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'

export async function packed(req, res) {
  await req.session
  const source = fs.createReadStream(process.env.FILE)
  const gzip = createGzip()
  try { await pipeline(source, gzip, res) } catch {}
}

export async function counted(req, res) {
  await req.session
  const source = fs.createReadStream(process.env.FILE)
  return pipeline(source, res).then(() => true, (error) => ({ error })).finally(req.count)
}

export class Listing {
  async send(req, res) {
    const child = spawn('ls')
    await req.session
    try { await pipeline(child.stdout, res) } catch (err) {
      throw new Error('no listing', { cause: err })
    }
  }
}
