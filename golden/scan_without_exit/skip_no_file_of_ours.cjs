const { spawn } = require('child_process');
const { Readable } = require('stream');

exports.ready = (command) =>
  new Promise((resolve, reject) => {
    const child = spawn(command);
    child.stdout.on('data', (chunk) => {
      if (chunk.includes('ready')) resolve(child);
    });
    child.on('error', reject);
  });

exports.body = (req, limit) =>
  new Promise((resolve, reject) => {
    let body = '';
    req.on('data', (chunk) => {
      body += chunk;
      if (body.length > limit) reject(new Error('too large'));
    });
    req.on('end', () => resolve(body));
  });

exports.item = (items, wanted) =>
  new Promise((resolve) => {
    Readable.from(items).on('data', (item) => {
      if (item === wanted) resolve(item);
    });
  });
