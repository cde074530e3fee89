import express from 'express';

const LIMIT = 512 * 1024 * 1024;
const app = express();

app.use((req, res, next) => {
  if (process.memoryUsage().rss > LIMIT) {
    res.status(503).send('busy, try again');
    return;
  }
  next();
});

app.listen(3000);
