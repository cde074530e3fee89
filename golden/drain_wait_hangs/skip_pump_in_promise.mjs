import { createWriteStream } from 'node:fs';

export const save = (rows, path) =>
  new Promise((resolve) => {
    const out = createWriteStream(path);
    let i = 0;
    const more = () => {
      while (i < rows.length && out.write(rows[i++]));
      if (i === rows.length) out.end(resolve);
    };
    out.on('drain', more);
    more();
  });
