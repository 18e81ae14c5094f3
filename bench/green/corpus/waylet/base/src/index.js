export { joinPath, normalize } from './path.js';
export { parseQuery, formatQuery } from './query.js';
export { retry } from './retry.js';
export { render } from './template.js';
