/** The next time that it is this hour (UTC). */
export function nextDaily(after: Date, hour: number, minute = 0): Date {
  const next = new Date(Date.UTC(after.getUTCFullYear(), after.getUTCMonth(), after.getUTCDate(), hour, minute));
  if (next < after) next.setUTCDate(next.getUTCDate() + 1);
  return next;
}
