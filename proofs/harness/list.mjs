// Prints what a proof claims, without running it: one JSON object on stdout.
import { readProof } from './proof.mjs';

const { claim, scenarios } = await readProof(process.argv[2]);
const said = scenarios.map(({ name, fault, node, before, after }) => ({
  name, fault, node: node ?? null, before: before ?? null, after: after ?? null,
}));
process.stdout.write(JSON.stringify({ claim, node: process.versions.node, scenarios: said }));
