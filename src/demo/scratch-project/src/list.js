/** Cuts a list into pieces of at most `size` items, to print receipts page by page. */
export function chunk(items, size) {
  const pieces = Math.ceil(items.length / size);
  return Array.from({ length: pieces }, (_, n) => items.slice(n * size, (n + 1) * size));
}

/** The items without those that came before. */
export function unique(items) {
  return [...new Set(items)];
}
