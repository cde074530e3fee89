'use strict';
const { createWriteStream } = require('fs');
const { once } = require('events');

exports.save = async (rows, path) => {
	const out = createWriteStream(path);
	for (const row of rows) {
		if (!out.write(row)) await once(out, 'drain');
	}
	out.end();
};