import { createReadStream } from 'fs';
import { Observable } from 'rxjs';
import { share } from './operators';

export const watch = (source: Observable<Buffer>) => source.pipe(share());
export const open = createReadStream;
