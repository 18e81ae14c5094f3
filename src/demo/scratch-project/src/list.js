/** Cuts a list into pieces of at most `size` items, to print receipts page by page. */
export function chunk(items, size) {
  const pieces = [];
  for (let start = 0; start < items.length; start += size) {
    pieces.push(items.slice(start, start + size));
  }
  return pieces;
}

/** The items without those that came before. */
export function unique(items) {
  return [...new Set(items)];
}
