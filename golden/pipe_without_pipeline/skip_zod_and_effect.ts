import fs from 'node:fs';
import { Effect } from 'effect';
import { z } from 'zod';

export const Port = z.string().pipe(z.coerce.number());
export const program = Effect.succeed(fs.existsSync('.')).pipe(Effect.map((found) => !found));
