// Suggests names that somebody may have meant.

const nearMax = 3;
/** Only the start of longer names is compared, because the work grows quadratically. */
const charsMax = 80;

/** Names that contain the given one or are contained in it, and those that differ by few letters; the nearest first. */
export function nearNames(given: string, names: readonly string[]): string[] {
  const wanted = given.slice(0, charsMax).toLowerCase();
  const distanceMax = Math.max(2, Math.floor(wanted.length / 4));
  return names
    .map((name) => ({ name, distance: distanceOf(wanted, name.toLowerCase()) }))
    .filter(({ distance }) => distance <= distanceMax)
    .sort((one, other) => one.distance - other.distance || (one.name < other.name ? -1 : 1))
    .slice(0, nearMax)
    .map(({ name }) => name);
}

function distanceOf(wanted: string, name: string): number {
  if (wanted.length > 2 && (name.includes(wanted) || wanted.includes(name))) return 1;
  return editsBetween(wanted, name.slice(0, charsMax));
}

/** Letters to add, remove or change (Levenshtein), by rows of the table. */
function editsBetween(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}
