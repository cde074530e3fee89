const fs = require('fs');

exports.head = (file) =>
  new Promise((resolve, reject) => {
    const stream = fs.createReadStream(file, { end: 99 });
    stream.on('data', (chunk) => resolve(chunk));
    stream.on('error', reject);
  });

exports.json = (file) =>
  new Promise((resolve, reject) => {
    let text = '';
    const stream = fs.createReadStream(file, 'utf8');
    stream.on('data', (chunk) => {
      text += chunk;
    });
    stream.on('end', () => resolve(JSON.parse(text)));
    stream.on('error', reject);
  });
