import { createReadStream } from 'node:fs'

export async function readLimited(path: string, limit: number): Promise<Buffer> {
  const input = createReadStream(path)
  return await new Promise<Buffer>((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    input
      .on('data', (chunk: Buffer) => {
        size += chunk.length
        if (size > limit) {
          return reject(new Error(`${path} is too large`))
        }
        chunks.push(chunk)
      })
      .on('end', () => resolve(Buffer.concat(chunks)))
      .on('error', reject)
  })
}
