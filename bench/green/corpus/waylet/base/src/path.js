/** Without empty parts and `.`; `..` goes up, but never above the root. */
export function normalize(path) {
  const parts = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  return `/${parts.join('/')}`;
}

export function joinPath(...parts) {
  return normalize(parts.join('/'));
}
