export { Cache } from './cache.js';
export { retry } from './retry.js';
