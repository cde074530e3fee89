import Koa from 'koa';

const app = new Koa();

app.use((ctx) => {
  ctx.respond = false;
  ctx.res.writeHead(200, { 'Content-Type': 'text/event-stream' });
  setInterval(() => ctx.res.write('data: tick\n\n'), 1000);
});

export default app;
