import { ENTITIES } from './entities.js';

export function unescapeText(html) {
  return html.replace(/&(\w+);/g, (whole, name) => ENTITIES[name] ?? whole);
}
