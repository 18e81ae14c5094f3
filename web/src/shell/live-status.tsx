export function LiveStatus() {
  return null;
}
