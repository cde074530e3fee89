const fs = require('fs')
const { pipeline } = require('stream/promises')

exports.download = (slots) => (req, res, next) => {
  const slot = slots.take()
  const source = fs.createReadStream('.' + req.url)
  pipeline(source, res).catch((err) => {
    source.destroy()
    next(err)
  })
  res.on('finish', slot.release)
}

exports.queued = (slots) => async (req, res, next) => {
  const slot = await slots.next()
  const source = fs.createReadStream('.' + req.url)
  res.on('close', () => {
    slot.release()
  })
  pipeline(source, res).catch(next)
}
