import { Readable } from 'node:stream';

export default async (req, res) => {
  const answer = await fetch(process.env.REMOTE);
  Readable.fromWeb(answer.body).pipe(res);
};
