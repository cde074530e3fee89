import { createWriteStream } from 'node:fs';
import Koa from 'koa';

const app = new Koa();

// A client that leaves must not end the process, and nothing here takes the error.
app.use(async (ctx) => {
  ctx.status = 202;
  ctx.req.pipe(createWriteStream(ctx.path));
});
