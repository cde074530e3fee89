import { pipeline } from 'node:stream/promises';

async function* numbers() {
  for (let i = 0; i < 1e6; i += 1) yield `${i}\n`;
}

function* words(text) {
  for (const word of text.split(' ')) yield `${word}\n`;
}

async function* pages(load) {
  for (let page = 0; page < 10; page += 1) yield await load(page);
}

export async function count(req, res) {
  await pipeline(numbers(), res).catch(console.error);
}

export async function split(req, res) {
  await pipeline(words(req.url), res).catch(console.error);
}

export async function list(req, res, load) {
  await pipeline(pages(load), res).catch(console.error);
}
