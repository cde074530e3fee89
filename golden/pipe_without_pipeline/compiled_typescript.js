"use strict";
var __importDefault = (this && this.__importDefault) || function (mod) {
    return (mod && mod.__esModule) ? mod : { "default": mod };
};
Object.defineProperty(exports, "__esModule", { value: true });
exports.copy = copy;
const fs_1 = __importDefault(require("fs"));
async function copy(from, to) {
    await new Promise((resolve, reject) => {
        fs_1.default.createReadStream(from)
            .on("error", reject)
            .pipe(fs_1.default.createWriteStream(to))
            .on("error", reject)
            .on("close", () => resolve());
    });
}
