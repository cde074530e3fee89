var fs = require("fs");

module.exports = async function copy(a, b) {
	await new Promise(function (resolve, reject) {
		var input = fs.createReadStream(a);
		var output = fs.createWriteStream(b);

		input.on("error", reject);
		output.on("error", reject);
		output.on("close", resolve);
		input.pipe(output);
	});
};
