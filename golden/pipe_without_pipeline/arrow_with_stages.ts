import * as fs from "fs";

export const copyFile = (from: string, to: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const input = fs.createReadStream(from);
    const output = fs.createWriteStream(to, { mode: 0o600 });
    input.once("error", reject);
    output.once("error", reject);
    output.once("finish", () => {
      resolve();
    });
    input.pipe(output);
  });
