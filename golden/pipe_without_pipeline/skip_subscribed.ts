import http from 'node:http';
import { events$ } from './events';

events$.pipe(first).subscribe();
http.createServer();
