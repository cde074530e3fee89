// Reads a proof: an object, or a function that makes one of the families.
import { pathToFileURL } from 'node:url';
import * as families from './families.mjs';

/** `{ claim, scenarios }` of the proof at `file`. */
export async function readProof(file) {
  const { default: proof } = await import(pathToFileURL(file));
  return typeof proof === 'function' ? proof(families) : proof;
}
