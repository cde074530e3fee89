import Koa from 'koa';
import { ZipStream } from './zip.mjs';

const app = new Koa();

app.use(async (ctx) => {
  const zip = new ZipStream(ctx.query.files);
  ctx.req.on('close', () => zip.destroy());
  ctx.body = zip;
});
