const keyBytes = 16;

/** By chance; also where a page comes by plain HTTP from another machine, and `randomUUID` is not to be had. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(keyBytes));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
