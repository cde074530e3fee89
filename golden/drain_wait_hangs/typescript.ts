import { once } from "events";
import { createWriteStream, type WriteStream } from "fs";

interface Row {
    id: number;
}

export async function exportRows(rows: AsyncIterable<Row>, path: string): Promise<number> {
    const out: WriteStream = createWriteStream(path);
    let count = 0;
    for await (const row of rows) {
        if (!out.write(JSON.stringify(row))) await once(out, "drain");
        count++;
    }
    out.end();
    return count;
}
