import { createReadStream, createWriteStream } from 'fs'
export const copy = async (a, b) => {
  await new Promise((ok, no) => {
    createReadStream(a).on('error', no).pipe(createWriteStream(b)).on('finish', ok).on('error', no)
  })
}