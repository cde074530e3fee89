import { pipeline } from 'node:stream/promises'
import { openExport } from './exports.mjs'

export async function download(req, res) {
  const rows = await openExport(req.params.id)
  await pipeline(rows, res).then(() => req.done(), err => rows.destroy?.(err))
}
