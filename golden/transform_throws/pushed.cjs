const { Transform } = require('stream');

module.exports = () =>
  new Transform({
    transform: function (chunk, enc, next) {
      for (const line of String(chunk).split('\n')) {
        if (line) {
          this.push(decodeURIComponent(line).trim())
        }
      }
      next()
    },
  })
