"use strict";
const events_1 = require("events");
const fs_1 = require("fs");
function save(rows) {
    return __awaiter(this, void 0, void 0, function* () {
        const out = (0, fs_1.createWriteStream)("x");
        for (const row of rows) {
            if (!out.write(row))
                yield (0, events_1.once)(out, "drain");
        }
    });
}
exports.save = save;
