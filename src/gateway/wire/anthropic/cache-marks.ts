// Anthropic's cache marks, wherever they are and however their name is spelled: an hour in the cache costs more than
// minutes.
import { refusedFeature } from '../feature.ts';
import { isObject, textIn } from '../json-value.ts';
import type { CachePremium, Refusal } from '../wire.ts';

export function cachePremiumOf(body: unknown): CachePremium {
  const marks = marksIn(body);
  if (marks.some(isForHour)) return 'write_1h';
  return marks.length > 0 ? 'write' : 'none';
}

/** A cache of another kind, or of another duration than the two that have a price, is refused. */
export function refusedCache(body: unknown): Refusal | null {
  if (marksIn(body, ofClients).every(isPriced)) return null;
  return refusedFeature('a cache mark', 'only `ephemeral` caches of five minutes or an hour have a price');
}

function isPriced(mark: unknown): boolean {
  return (
    isObject(mark) && mark.type === 'ephemeral' && [undefined, null, '5m', '1h'].includes(mark.ttl as string)
  );
}

/** Members with the client's own JSON: what looks like a mark there is none. */
const ofClients: ReadonlySet<string> = new Set(['input', 'input_schema', 'input_examples', 'schema']);

/** For the protocols other than Anthropic's: an answer does not report what an hour in the cache cost. */
export function refusedHour(body: unknown): Refusal | null {
  if (!marksIn(body).some(isForHour)) return null;
  return refusedFeature('a one-hour cache', 'an answer of this protocol does not report its cost');
}

/** Any cache duration that is not known to be shorter. */
function isForHour(mark: unknown): boolean {
  return isObject(mark) && 'ttl' in mark && textIn(mark, 'ttl') !== '5m';
}

function marksIn(value: unknown, except: ReadonlySet<string> = new Set()): unknown[] {
  if (Array.isArray(value)) return value.flatMap((each) => marksIn(each, except));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, each]) => {
    if (except.has(name)) return [];
    const isMark = /^_*cache_?control_*s?$/i.test(name) && each !== null;
    return isMark ? [each, ...marksIn(each, except)] : marksIn(each, except);
  });
}
