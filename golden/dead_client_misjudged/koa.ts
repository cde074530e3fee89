import Koa, { type Context } from 'koa';

const app = new Koa();

app.use(async (ctx: Context) => {
  const report = await ctx.state.report(ctx.request.body);
  if (!ctx.req.destroyed) {
    ctx.res.setHeader('Content-Length', report.length);
    ctx.body = report;
  }
});

export default app;
