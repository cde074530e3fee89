import { createReadStream } from 'node:fs'

export async function digest(path: string, hash: () => Promise<{ update(data: Buffer): void }>) {
  const stream = createReadStream(path)
  const one = await hash()
  const other = await hash()
  for await (const chunk of stream) {
    one.update(chunk)
    other.update(chunk)
  }
  return [one, other]
}
