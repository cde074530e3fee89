const fs = require('fs');

exports.upload = (retry, path, open) =>
  retry(
    (bail) =>
      new Promise((resolve, reject) => {
        const target = fs.createWriteStream(open());
        fs.createReadStream(path)
          .pipe(target)
          .on('error', (err) => {
            if (err.retryable) {
              reject(err);
            } else {
              bail(err);
            }
          })
          .on('finish', () => resolve());
      }),
  );
