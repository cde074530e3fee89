// Prints what a proof claims, without running it: one JSON object on stdout.
import { pathToFileURL } from 'node:url';

const { claim, scenarios } = (await import(pathToFileURL(process.argv[2]))).default;
const said = scenarios.map(({ name, fault, node, before, after }) => ({
  name, fault, node: node ?? null, before: before ?? null, after: after ?? null,
}));
process.stdout.write(JSON.stringify({ claim, node: process.versions.node, scenarios: said }));
