import { createServer } from 'node:http'

export const serve = (topics) => createServer((req, res) => {
  res.writeHead(200, { 'Content-Type': 'text/event-stream' })
  setInterval(() => res.write('data: tick\n\n'), 1000)
  ;[...topics].forEach((topic) => res.write(`event: ${topic}\n\n`))
})

export const ping = createServer((req, res) => { setInterval(() => res.write('.'), 1000); res.write('!') })
