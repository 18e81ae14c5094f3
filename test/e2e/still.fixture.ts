// For tests: compares two answers to the same question.

/** What changes between two looks: times of the look itself, and rows that the looks write. */
const times = 'at before since until last_used_at used_at updated_at heard_at looked_at'.split(' ');
const restless = new Set([...times, 'percentage']);

/** Sentences that count time or load. */
const counting = new Set(['explain', 'because', 'why']);

/** What is the same in two looks, one shortly after the other. */
export function still(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(still);
  if (value === null || typeof value !== 'object') return value;
  const calm = Object.entries(value).map(([name, each]) => {
    if (counting.has(name) && typeof each === 'string') return [name, each.replace(/[\d.]+/g, 'N')];
    return [name, restless.has(name) ? typeof each : still(each)];
  });
  return Object.fromEntries(calm);
}
