import { createReadStream } from 'fs'
import { pipeline } from 'stream/promises'
import { createGzip } from 'zlib'
import express, { type NextFunction, type Request, type Response } from 'express'

export const app = express()

app.get('/log', async function (req: Request, res: Response, next: NextFunction) {
  const log = createReadStream('/var/log/app.log')
  const gzip = createGzip()
  res.setHeader('Content-Encoding', 'gzip')
  await pipeline(log, gzip, res)
})
