import fs from 'node:fs';

export const send = (req, res) => {
  void fs.createReadStream('a').pipe(res);
};
