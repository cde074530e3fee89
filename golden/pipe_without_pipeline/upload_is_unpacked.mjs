import { createWriteStream } from 'node:fs'
import express from 'express'
import { createGunzip } from 'node:zlib'

export const app = express()

app.put('/logs/:name', (req, res) => {
  const gunzip = createGunzip()
  const file = createWriteStream(`/srv/logs/${req.params.name}`)
  const fail = (err) => res.status(500).json({ error: err.code })
  gunzip.on('error', fail)
  req.pipe(gunzip).pipe(file).on('error', fail).on('finish', () => res.sendStatus(201))
})
