// Nothing here fails when it is aborted after success: fetch is done by then.
export async function proxy(req, res) {
  const ac = new AbortController();
  res.on('close', () => ac.abort());
  const answer = await fetch(process.env.UPSTREAM, { signal: ac.signal });
  res.end(await answer.text());
}

// Written another way: also not asked for by a pipeline.
export async function report(req, res, make) {
  const { signal, ...rest } = new AbortController();
  res.on('close', () => rest.abort());
  res.end(await make(signal));
}
