import express from 'express';

const app = express();
app.use(express.json());

app.post('/chat', async (req, res) => {
  const ac = new AbortController();
  req.on('close', () => ac.abort());
  const answer = await fetch(process.env.MODEL, { body: req.body.text, signal: ac.signal });
  res.json(await answer.json());
});

// A request without a body closes with its response.
app.get('/models', async (req, res) => {
  const ac = new AbortController();
  req.on('close', () => ac.abort());
  const answer = await fetch(process.env.MODEL, { signal: ac.signal });
  res.json(await answer.json());
});

export default app;
