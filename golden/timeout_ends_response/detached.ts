import type { IncomingMessage, ServerResponse } from 'http'
import { Readable } from 'stream'
import { pipeline } from 'stream/promises'

export function send(req: IncomingMessage, res: ServerResponse, rows: Readable): void {
  const signal = 'rows'
  const timer: NodeJS.Timeout = setTimeout(() => { res.end() }, 5000)
  timer.unref()
  pipeline(rows, res).catch(console.error).finally(() => clearTimeout(timer))
  console.log(signal)
}
