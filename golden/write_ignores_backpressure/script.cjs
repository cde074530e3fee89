const fs = require('fs')
const readline = require('readline')

const main = async (from, to) => {
  const out = fs.createWriteStream(to)
  const lines = readline.createInterface({ input: fs.createReadStream(from) })
  for await (const line of lines) out.write(line.toUpperCase() + '\n')
  out.end()
}

main(process.argv[2], process.argv[3])
