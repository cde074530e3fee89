import type { NextFunction, Request, Response } from 'express'
import { pipeline } from 'node:stream/promises'
import { openExport } from './exports'

export async function download(req: Request, res: Response, next: NextFunction): Promise<void> {
  const rows = await openExport(req.params.id)
  await pipeline(rows, res).catch((err: NodeJS.ErrnoException) => {
    rows.destroy()
    if (err?.code === 'ERR_STREAM_PREMATURE_CLOSE') {
      // the client left
    } else next(err)
  })
}
