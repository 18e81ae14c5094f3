const dayMs = 86_400_000;
const hour = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hour12: false });
const dayAndHour = new Intl.DateTimeFormat('en', {
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hour12: false,
});
/** Daily spans are in UTC; another zone could show the day before. */
const day = new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric', timeZone: 'UTC' });

/** Names a span by its start. */
export function spanWords(at: string, bucketMs: number): string {
  const format = bucketMs >= dayMs ? day : bucketMs > dayMs / 24 ? dayAndHour : hour;
  return format.format(new Date(at));
}
