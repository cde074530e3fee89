import Koa from 'koa';
import mount from 'koa-mount';

const app = new Koa();

app
  .use(mount('/api', async (ctx, next) => next()))
  .on('error', report);

function report(err: Error & { code?: string }) {
  const { code } = err;
  if (code === 'EPIPE' || code === 'ERR_STREAM_PREMATURE_CLOSE') return;
  console.error('server error', err);
}

const other = new Koa().use(async (ctx) => ctx.throw());
other.on('error', (err: Error & { code?: string }) => {
  if (err.code === 'ERR_STREAM_PREMATURE_CLOSE') console.error('closed early', err);
});
