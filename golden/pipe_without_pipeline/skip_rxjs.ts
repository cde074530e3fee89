import { readFileSync } from 'node:fs';
import { of } from 'rxjs';
import { map, tap } from 'rxjs/operators';

const config$ = of(readFileSync('config.json', 'utf8'));
export const parsed$ = config$.pipe(map((text) => JSON.parse(text)));
config$.pipe(tap(console.log)).subscribe();
