import { createReadStream } from 'fs'
import { pipeline } from 'stream/promises'
import express, { type Request, type Response } from 'express'

export const app = express()

app.get('/file', async (req: Request, res: Response) => {
  const path = await app.locals.find(req.query.id)
  const source = createReadStream(path)
  res.type('application/octet-stream')
  await pipeline(source, res)
})
