// Statements that are sent again and again are parsed once per connection, and planned a few times; then the server knows
// them by a name.
import { BoundedMap } from '../../stdx/bounded-map.ts';

/** Each takes memory in the server, for each connection that has sent it. */
const namedMax = 400;
/** Longer ones insert many rows, a different number each time. */
const charsMax = 64 * 1024;
/** How many texts are remembered that were sent once. */
const sentOnceMax = 1_000;

/** The name of a statement, for one pool of connections. */
export type PreparedName = (text: string) => string | undefined;

/** A text gets no name when it is sent for the first time: many are sent only once. */
export function preparedNames(): PreparedName {
  const names = new Map<string, string>();
  const sentOnce = new BoundedMap<string, true>(sentOnceMax);
  return (text) => {
    const known = names.get(text);
    if (known !== undefined || names.size >= namedMax || text.length > charsMax) return known;
    if (!sentOnce.delete(text)) {
      sentOnce.set(text, true);
      return undefined;
    }
    const name = `moose_${names.size + 1}`;
    names.set(text, name);
    return name;
  };
}
