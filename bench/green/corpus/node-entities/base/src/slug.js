import { unescapeText } from './unescape.js';

export function slug(title, { separator = '-' } = {}) {
  return unescapeText(title)
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean)
    .join(separator);
}
