import { finished } from 'node:stream/promises';

async function* rows(client) {
  yield* client.query('select 1');
}

export function all(client) {
  const source = rows(client);
  finished(source).then(() => client.release());
  return source;
}
