// TypeScript on stdin, JavaScript on stdout. Node 24 also turns enums, namespaces and `import =`
// into JavaScript, Node 26 refuses them.
import fs from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';

process.removeAllListeners('warning'); // the stripper calls itself experimental
const text = fs.readFileSync(0, 'utf8');
let script;
try {
  script = stripTypeScriptTypes(text, { mode: 'strip' });
} catch {
  script = stripTypeScriptTypes(text, { mode: 'transform' });
}
process.stdout.write(script);
