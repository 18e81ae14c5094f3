// When Moose looks at a pull request again. Pure.

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;

/** While a work order waits: soon after a push, then at growing intervals while nothing changes. */
const waiting = { firstMs: 20 * secondMs, growth: 1.5 };
/** The work is done: Moose only records what people do with the pull request. */
const watching = { firstMs: 5 * minuteMs, growth: 2, maxMs: 6 * hourMs };
/** After this time, a merge or a revert is unlikely; a person can still report it to Moose. */
const watchedMsMax = 30 * 24 * hourMs;

export function nextLookMs(
  kind: 'waiting' | 'watching',
  looksUnchanged: number,
  /** The time since the last change of the pull request. */
  ageMs: number,
): number | undefined {
  if (kind === 'watching' && ageMs > watchedMsMax) return undefined;
  const { firstMs, growth } = kind === 'waiting' ? waiting : watching;
  const maxMs = kind === 'waiting' ? waitingMaxMs(ageMs) : watching.maxMs;
  return Math.min(maxMs, Math.round(firstMs * growth ** Math.min(looksUnchanged, 50)));
}

/** CI that is likely to end soon is polled often; a pull request without changes for a day is polled rarely. */
function waitingMaxMs(ageMs: number): number {
  if (ageMs < hourMs) return 2 * minuteMs;
  return ageMs < 24 * hourMs ? 5 * minuteMs : 10 * minuteMs;
}
