/** From 0 to 99, always the same for one user and one flag. */
export function bucket(flag: string, user: string): number {
  let sum = 0;
  for (const char of flag + ':' + user) sum = (sum * 7 + char.charCodeAt(0)) % 100;
  return sum;
}
