for (const i of list) {

}
const { createReadStream } = require('fs'); exports.isZip = async (file) => { const isZip = createReadStream(file); const chunks = isZip[Symbol.asyncIterator](); const { value } = await chunks.next(); return value !== undefined; }; 