// TypeScript on stdin, JavaScript on stdout. Needs Node 24.
import fs from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';

process.removeAllListeners('warning'); // the stripper calls itself experimental
const text = fs.readFileSync(0, 'utf8');
let script;
try {
  script = stripTypeScriptTypes(text, { mode: 'strip' });
} catch {
  script = stripTypeScriptTypes(text, { mode: 'transform' }); // enum, namespace, import =
}
process.stdout.write(script);
