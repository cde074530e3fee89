import fs from 'node:fs'
import zlib from 'node:zlib'
import { Router } from 'express'

export const router = Router()

router.get('/export/:name', async (req, res, next) => {
  const rows = fs.createReadStream(req.params.name)
  const gzip = zlib.createGzip()
  res.setHeader('Content-Encoding', 'gzip')
  rows
    .pipe(gzip)
    .pipe(res)
})
