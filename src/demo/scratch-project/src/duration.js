const minutesPer = { h: 60, m: 1 };

/** `1h30m` as 90 minutes. Throws a RangeError for what is not a duration. */
export function parseMinutes(text) {
  if (!/^(\d+h)?(\d+m)?$/.test(text) || text === '') {
    throw new RangeError(`Not a duration: ${text}`);
  }
  let minutes = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)([hm])/g)) {
    minutes += Number(count) * minutesPer[unit];
  }
  return minutes;
}
