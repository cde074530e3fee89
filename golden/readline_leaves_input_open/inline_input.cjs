const { createReadStream } = require('fs');
const { createInterface } = require('readline');

// The header ends at the first empty line.
exports.header = async function header(file) {
  const fields = {};
  const lines = createInterface({
    input: createReadStream(file, 'utf8'),
    crlfDelay: Infinity,
  });

  for await (const line of lines) {
    if (line === '') break;
    const [key, value] = line.split(': ');

    fields[key] = value;
  }

  return fields;
};
