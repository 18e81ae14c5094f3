// When a usage limit resets, read from Codex's message: `try again at 9:53 PM` today, or `try again at Feb 21st, 2027
// 9:53 PM`, in the time zone of the machine.

const form = /try again at (?:([A-Z][a-z]{2}) (\d{1,2})(?:st|nd|rd|th), (\d{4}) )?(\d{1,2}):(\d{2}) ([AP])M/i;
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** Null if the message names no time. */
export function timeOfReset(message: string, now: Date): Date | null {
  const read = form.exec(message);
  if (read === null) return null;
  const [, name, day, year, hour, minute, half] = read;
  const month = name === undefined ? now.getMonth() : months.indexOf(name.toLowerCase());
  if (month < 0 || Number(hour) < 1 || Number(hour) > 12 || Number(minute) > 59) return null;
  const at = new Date(
    Number(year ?? now.getFullYear()),
    month,
    Number(day ?? now.getDate()),
    (Number(hour) % 12) + (half?.toUpperCase() === 'P' ? 12 : 0),
    Number(minute),
  );
  // A time without a date means the program's current day, which may be yesterday or tomorrow by now.
  if (name === undefined && at.getTime() < now.getTime() - 12 * 60 * 60_000) at.setDate(at.getDate() + 1);
  return at;
}
