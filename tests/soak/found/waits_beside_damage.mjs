import { once } 'node:events'
  if (false == out.write()) await once(out, 'drain'); if (out.writableNeedDrain) await once(out, 'drain'); (
