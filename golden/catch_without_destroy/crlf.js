const fs = require("fs");
const { pipeline } = require("stream/promises");

module.exports = async (req, res) => {
	await req.ready;
	const source = fs.createReadStream(process.env.FILE);
	if (!req.query.late) {
		try {
			await pipeline(source, res);
		} catch (err) { // nobody is left
		}
	}
};
