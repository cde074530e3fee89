import { setTimeout as sleep } from 'node:timers/promises'
import { pipeline } from 'node:stream/promises'

export async function clock(req, res) {
  await pipeline(async function* ({ signal }) {
    for (;;) {
      yield `${Date.now()}\n`
      await sleep(1000, null, { signal })
    }
  }, res, { end: true }).catch(report)
}

function report(err) {
  console.error(err.message)
}
