module.exports = function send(source, response) {
  source.on('data', (chunk) => {
    response.write(chunk);
  });
  source.on('end', () => {
    response.end();
  });
};
