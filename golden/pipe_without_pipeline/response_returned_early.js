import express from 'express'
import fs from 'node:fs'

const app = express()

app.get('/cover/:id', async (req, res, next) => {
  const cached = await find(req.params.id)
  if (cached) {
    const file = fs.createReadStream(cached)
    return file.pipe(res) // from the cache
  }
  return next()
})
