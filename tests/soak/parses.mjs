// Reads pairs of texts as JSON from stdin; prints which second ones Node refuses to parse though it
// takes the first ones, as the first kind of file of `modules` (is it an ES module?) that they can
// be. Nothing is run. Wants --experimental-vm-modules.
import { readFileSync } from 'node:fs';
import vm from 'node:vm';

const WRAPPER = '(function (exports, require, module, __filename, __dirname) {';

function refusal(text, esm) {
  const source = text.replace(/^\uFEFF/, '').replace(/^#!.*/, '');
  try {
    if (esm) new vm.SourceTextModule(source);
    else new vm.Script(`${WRAPPER}${source}\n})`);
    return null;
  } catch (error) {
    return error.message;
  }
}

const pairs = JSON.parse(readFileSync(0, 'utf8'));
const refused = [];
pairs.forEach(({ before, after, modules }, index) => {
  for (const esm of modules) {
    if (refusal(before, esm) !== null) continue;
    const message = refusal(after, esm);
    if (message !== null) refused.push({ index, message });
    break;
  }
});
console.log(JSON.stringify(refused));
