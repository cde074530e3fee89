import { pipeline } from 'node:stream/promises'
import { query } from './db.mjs'

async function* lines(source) {
  for await (const row of source) yield `${row}\n`
}

export async function rows(req, res) {
  const ac = new AbortController()
  res.on('close', () => ac.abort())
  await pipeline(query(req.url), lines, res, { signal: ac.signal, end: true })
}
