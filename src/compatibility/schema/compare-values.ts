// Compares what schemas say about single values: the allowed values, bounds, pattern and format.
import { breaksReaders, breaksSenders, type Compared, isEqual, named } from './compared.ts';
import { valuesOf } from './flat-schema.ts';
import { type Members, memberOf, shown } from './read-document.ts';

export function compareLimitsOf(compared: Compared, member: string, before: Members, after: Members): void {
  compareAllowed(compared, member, before, after);
  for (const key of smallest) compareBound(compared, member, key, bounds(key, before, after, 1));
  for (const key of largest) compareBound(compared, member, key, bounds(key, before, after, -1));
  for (const key of rules) compareRule(compared, member, key, [memberOf(before, key), memberOf(after, key)]);
  for (const key of switches) {
    const [was, is] = [memberOf(before, key), memberOf(after, key)];
    if (typeof was === 'boolean' || typeof is === 'boolean') compareRule(compared, member, key, [was, is]);
  }
}

const smallest = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'] as const;
const largest = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties'] as const;
/** Two patterns cannot be compared, so any change may refuse values that were valid. */
const rules = ['pattern', 'format', 'multipleOf', 'uniqueItems', 'contentEncoding'] as const;

/** Numbers since draft 6; in earlier drafts and OpenAPI 3.0, booleans that make another bound exclusive. */
const switches = ['exclusiveMinimum', 'exclusiveMaximum'] as const;

const valuesMax = 2_000;

/** A new value breaks only users who just read; users who also send expect the list to grow. */
function compareAllowed(compared: Compared, member: string, before: Members, after: Members): void {
  const [were, are] = [valuesOf(before), valuesOf(after)];
  const add = (message: string) =>
    compared.findings.add(member, were ? shown(were) : null, are ? shown(are) : null, message);
  if (were && are && Math.max(were.length, are.length) > valuesMax) {
    if (!isEqual(were, are)) add(`${named(member)} changed among too many values.`);
    return;
  }
  const missing = (from: readonly unknown[], all: readonly unknown[]) => {
    const texts = new Set(all.map((each) => JSON.stringify(each)));
    return from.filter((each) => !texts.has(JSON.stringify(each)));
  };
  if (are && breaksSenders(compared)) {
    const lost = were ? missing(were, are) : null;
    if (lost === null) add(`${named(member)} now allows only listed values.`);
    else if (lost.length > 0) add(`${named(member)} no longer allows ${lost.map(shown).join(', ')}.`);
  }
  if (were && compared.flow === 'read') {
    const gained = are ? missing(are, were) : null;
    if (gained === null) add(`${named(member)} may now be any value, which its readers do not expect.`);
    else if (gained.length > 0)
      add(`${named(member)} may now be ${gained.map(shown).join(', ')}, which its readers do not expect.`);
  }
}

interface Bound {
  was: number | undefined;
  is: number | undefined;
  /** Above 0: fewer values are allowed; below 0: more. */
  tighter: number;
}

function bounds(key: string, before: Members, after: Members, sign: 1 | -1): Bound {
  const [was, is] = [numberOf(before, key), numberOf(after, key)];
  if (was === is) return { was, is, tighter: 0 };
  if (was === undefined) return { was, is, tighter: 1 };
  if (is === undefined) return { was, is, tighter: -1 };
  return { was, is, tighter: (is - was) * sign };
}

function numberOf(schema: Members, key: string): number | undefined {
  const value = memberOf(schema, key);
  return typeof value === 'number' ? value : undefined;
}

function compareBound(compared: Compared, member: string, key: string, { was, is, tighter }: Bound): void {
  const add = (message: string) => compared.findings.add(member, shown(was), shown(is), message);
  if (tighter > 0 && breaksSenders(compared))
    add(`${named(member)} has a tighter ${key}: ${shown(is)}, before ${shown(was)}.`);
  if (tighter < 0 && compared.flow === 'read')
    add(`${named(member)} has a looser ${key}: ${shown(is)}, before ${shown(was)}.`);
}

function compareRule(compared: Compared, member: string, key: string, [was, is]: [unknown, unknown]): void {
  if (isEqual(was, is) || (is === undefined && was === false) || (was === undefined && is === false)) return;
  const isLoosened = is === undefined || is === false;
  if (isLoosened ? compared.flow !== 'read' : !breaksSenders(compared) && !breaksReaders(compared)) return;
  if (!isLoosened && was === undefined && !breaksSenders(compared)) return;
  const message = `${named(member)} has another ${key}: ${shown(is)}, before ${shown(was)}.`;
  compared.findings.add(member, shown(was), shown(is), message);
}
