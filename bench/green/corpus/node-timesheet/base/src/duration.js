const PATTERN = /^(?:(\d+)h)?(?:(\d+)m)?$/;

export function parseDuration(text) {
  const match = PATTERN.exec(text);
  if (!match || text === '') throw new TypeError('not a duration: ' + text);
  return Number(match[1] ?? 0) * 60 + Number(match[2] ?? 0);
}

export function formatDuration(minutes) {
  return Math.floor(minutes / 60) + ':' + String(minutes % 60).padStart(2, '0');
}

export function formatDecimal(minutes) {
  return (minutes / 60).toFixed(2);
}

export function roundTo(minutes, step = 15) {
  return Math.round(minutes / step) * step;
}
