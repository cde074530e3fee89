fs.createReadStream(`a`).pipe(fs.createWriteStream(`b`))
