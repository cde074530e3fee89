const { once } = require('events')
const fs = require('fs')

const copy = async (from, to) => {
  const source = fs.createReadStream(from)
  const target = fs.createWriteStream(to)
  source.on('error', (err) => console.error(err))
  target.on('open', () => console.log('opened'))
  source.pipe(target)
  await once(target, 'close')
}

const opened = async (name) => {
  const [fd] = await once(fs.createReadStream(name), 'open')
  return fd
}

module.exports = { copy, opened }
