import { once } from 'node:events';
import Router from '@koa/router';

export const router = new Router().get('/rows', async (ctx) => {
  ctx.respond = false;
  const rows = ctx.db.rows();
  rows.on('error', (err) => ctx.log.error(err));
  for await (const row of rows) {
    if (!ctx.res.write(row)) await once(ctx.res, 'drain');
  }
  ctx.res.end();
});
