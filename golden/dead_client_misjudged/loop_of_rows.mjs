import { createServer } from 'node:http'

export const serve = (query) => createServer(async (request, response) => {
  let sql = ''
  for await (const chunk of request) sql += chunk
  const cursor = query(sql)
  let row
  while (!request.closed && (row = await cursor.next())) {
    response.write(row)
  }
  cursor.close()
  response.end()
})
