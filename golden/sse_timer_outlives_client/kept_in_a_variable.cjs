const express = require('express')

const app = express()

app.get('/events', (req, res) => {
  res.set('Content-Type', 'text/event-stream')
  res.flushHeaders()
  let id = 0
  const heartbeat = setInterval(() => {
    id++
    res.write(`id: ${id}\ndata: ping\n\n`)
  }, 15000) // below the timeout of most proxies
  heartbeat.unref()
})

module.exports = app
