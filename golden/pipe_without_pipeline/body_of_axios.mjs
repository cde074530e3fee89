import { createWriteStream } from 'node:fs';
import axios from 'axios';

export async function download(url, path) {
  const response = await axios.get(url, { responseType: 'stream' });
  await new Promise((resolve, reject) => {
    response.data.pipe(createWriteStream(path)).on('finish', resolve).on('error', reject);
  });
}
