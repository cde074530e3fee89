const fs = require('fs');

module.exports = async (client, name) => {
  const answer = await client.get('/profile');
  answer.body.on('error', (err) => console.error(err));
  answer.body.pipe(fs.createWriteStream(name));
};
