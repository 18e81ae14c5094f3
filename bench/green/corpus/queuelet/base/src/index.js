export { Queue } from './queue.js';
export { parseConfig } from './config.js';
export { fetchJson } from './http.js';
export { merge } from './merge.js';
