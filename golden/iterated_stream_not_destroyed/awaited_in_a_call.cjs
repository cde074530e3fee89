const fs = require('fs');
const path = require('path');

module.exports = async function upload(folder, name, open) {
	const input = fs.createReadStream(path.join(folder, name)); // read in chunks
	let sent = 0;
	const target = await open({
		name: 'copy',
	});

	chunks: for await (const chunk of input) {
		for (const byte of chunk) {
			if (byte === 0) break chunks;
		}
		sent += chunk.length;
		target.send(chunk);
	}
	return sent;
};
