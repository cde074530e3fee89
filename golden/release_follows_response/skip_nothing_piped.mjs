import express from 'express';

const app = express();
app.use((req, res, next) => {
  const lock = req.app.locals.locks.take(req.url);
  res.on('close', () => lock.release());
  next();
});
app.use(async (req, res, next) => {
  const client = await req.app.locals.pool.connect();
  if (res.destroyed) return client.release();
  res.on('close', () => client.release());
  next();
});
export default app;
