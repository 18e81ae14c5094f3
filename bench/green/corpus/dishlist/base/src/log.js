export function log(text) {
  console.error(text);
}
