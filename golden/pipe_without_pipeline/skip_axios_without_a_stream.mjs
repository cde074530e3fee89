import { createWriteStream } from 'node:fs';
import axios from 'axios';

export async function download(url, path) {
  const response = await axios.get(url);
  const copy = new Copy(response.data);
  copy.body.pipe(path);
}
