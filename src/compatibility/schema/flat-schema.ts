// One schema, with its references followed and its `allOf` merged: what `compare-schemas.ts` compares.
import { type Findings, Unreadable } from '../comparison.ts';
import { isEqual } from './compared.ts';
import { atPointer, isMembers, listOf, type Members, memberOf, membersOf, textsOf } from './read-document.ts';
import type { Root } from './root.ts';

export const allTypes = ['null', 'boolean', 'object', 'array', 'number', 'integer', 'string'] as const;
const known: ReadonlySet<string> = new Set(allTypes);

const refsMax = 20;

/** A schema without `$ref` and `allOf`. `true` gives an empty schema, which allows everything; `false` nothing. */
export function flatSchema(given: unknown, root: Root, findings: Findings, depth = 0): Members {
  findings.look(depth);
  if (given === false) return { not: {} };
  const schema = followed(given, root);
  const all = listOf(schema, 'allOf');
  if (all.length === 0) return schema;
  const { allOf: _, ...rest } = schema;
  return [rest, ...all.map((each) => flatSchema(each, root, findings, depth + 1))].reduce(merged);
}

function followed(given: unknown, { document, side }: Root): Members {
  let schema = given;
  for (let step = 0; step < refsMax; step += 1) {
    const ref = memberOf(schema, '$ref');
    if (typeof ref !== 'string') return isMembers(schema) ? schema : {};
    const target = atPointer(document, ref);
    // Other documents and anchors are not resolved; two references to the same one count as equal.
    if (target === undefined) {
      if (ref.startsWith('#/'))
        throw new Unreadable(side, `it refers to ${ref.slice(0, 200)}, which is not there`);
      return { const: `$ref ${ref}` };
    }
    const { $ref: _, ...beside } = isMembers(schema) ? schema : {};
    schema = isMembers(target) && Object.keys(beside).length > 0 ? merged(target, beside) : target;
  }
  throw new Unreadable(side, 'its references lead to each other without end');
}

/** Merges two schemas as far as it matters to users: `other` is added to `one`. */
function merged(one: Members, other: Members): Members {
  const properties = both(one, other, 'properties');
  const [all, conflicts] = [lists(one, other, 'allOf'), conflictsOf(one, other)];
  const required = [...new Set([...textsOf(one, 'required'), ...textsOf(other, 'required')])];
  return {
    ...one,
    ...other,
    ...(properties ? { properties } : {}),
    ...(required.length > 0 ? { required } : {}),
    ...(all.length > 0 ? { allOf: all } : {}),
    ...(conflicts.length > 0 ? { [conflictsKey]: conflicts } : {}),
  };
}

/** Holds the rules on which merged schemas differ although both apply; they are compared unchanged. */
export const conflictsKey = 'allOf with differences';
const unlimiting: ReadonlySet<string> = new Set([
  ...['title', 'description', 'default', 'example', 'examples', 'deprecated', 'readOnly', 'writeOnly'],
  ...['$comment', '$id', '$schema', '$anchor', '$defs', 'definitions', 'xml', 'externalDocs'],
  ...['properties', 'required', 'allOf', conflictsKey],
]);

function conflictsOf(one: Members, other: Members): readonly unknown[] {
  const between = (a: Members, b: Members) =>
    Object.keys(b)
      .filter((key) => Object.hasOwn(a, key) && !isEqual(a[key], b[key]))
      .map((key) => [key, a[key], b[key]]);
  return [
    ...lists(one, other, conflictsKey),
    ...between(one, other).filter(([key]) => !unlimiting.has(String(key))),
    ...between(membersOf(one, 'properties'), membersOf(other, 'properties')),
  ];
}

const lists = (one: Members, other: Members, key: string) => [...listOf(one, key), ...listOf(other, key)];

function both(one: Members, other: Members, key: string): Members | undefined {
  const [a, b] = [memberOf(one, key), memberOf(other, key)];
  if (!isMembers(a)) return isMembers(b) ? b : undefined;
  return isMembers(b) ? { ...a, ...b } : a;
}

/** The types that a value may have; `number` includes `integer`. */
export function typesOf(schema: Members): Set<string> {
  const given = memberOf(schema, 'type');
  const named = (Array.isArray(given) ? given : [given]).filter((type) => typeof type === 'string');
  const types = new Set(named.filter((type) => known.has(type)));
  if (named.length === 0) for (const type of typesOfValues(valuesOf(schema))) types.add(type);
  if (types.has('number')) types.add('integer');
  if (memberOf(schema, 'nullable') === true) types.add('null');
  return types;
}

function typesOfValues(values: readonly unknown[] | null): readonly string[] {
  if (values === null) return allTypes;
  return values.map((value) => {
    if (value === null) return 'null';
    if (Array.isArray(value)) return 'array';
    return Number.isInteger(value) ? 'integer' : typeof value;
  });
}

/** The values of `enum` or `const`; null if the schema has neither. */
export function valuesOf(schema: Members): readonly unknown[] | null {
  if (Object.hasOwn(schema, 'const')) return [memberOf(schema, 'const')];
  return Array.isArray(memberOf(schema, 'enum')) ? listOf(schema, 'enum') : null;
}
