export function join(words) {
  return words.map((word) => word + ',').join(' ');
}
