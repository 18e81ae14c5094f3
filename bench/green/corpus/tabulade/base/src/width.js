/** Number of terminal columns of a string. */
export function width(text) {
  return [...text].length;
}
