// Statements that are sent again and again are parsed once per connection, and planned a few times; then the server knows
// them by a name.
import { BoundedMap } from '../../stdx/bounded-map.ts';

/** Each takes memory in the server, for each connection that has sent it. */
const namedMax = 400;
/** How many texts are remembered that were sent once. */
const sentOnceMax = 1_000;

const names = new Map<string, string>();
const sentOnce = new BoundedMap<string, true>(sentOnceMax);

/** Undefined for a text that is sent for the first time: many are sent only once. */
export function preparedName(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined || names.size >= namedMax) return known;
  if (!sentOnce.delete(text)) {
    sentOnce.set(text, true);
    return undefined;
  }
  const name = `moose_${names.size + 1}`;
  names.set(text, name);
  return name;
}
