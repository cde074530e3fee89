import { once } from 'node:events';

export const dump = (tables) => async (req, res) => {
  for (const table of tables()) {
    for await (const row of table) {
      if (!res.write(row)) await once(res, 'drain');
    }
  }
  res.end();
};
