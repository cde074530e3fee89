const { createReadStream } = require('fs');

exports.isZip = async (file) => {
  const stream = createReadStream(file);
  const chunks = stream[Symbol.asyncIterator]();
  const { value } = await chunks.next();
  return value !== undefined && value.toString('latin1', 0, 2) === 'PK';
};
