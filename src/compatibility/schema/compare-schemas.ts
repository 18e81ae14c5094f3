// What a new schema breaks for users who send values that fit the old one, and for users who read such values. A change
// that cannot be judged, such as another pattern, counts as breaking.
import { compareLimitsOf } from './compare-values.ts';
import {
  breaksReaders,
  breaksSenders,
  type Compared,
  type Flow,
  isEqual,
  named,
  SeenPairs,
} from './compared.ts';
import { conflictsKey, flatSchema, typesOf } from './flat-schema.ts';
import { listOf, type Members, memberOf, membersOf, shown, textsOf } from './read-document.ts';

export function compareSchemas(
  compared: Compared,
  member: string,
  givenBefore: unknown,
  givenAfter: unknown,
  depth = 0,
): void {
  const { findings, seen } = compared;
  findings.look(depth);
  if (givenBefore === givenAfter || seen.has(givenBefore, givenAfter)) return;
  seen.add(givenBefore, givenAfter);
  const before = flatSchema(givenBefore, compared.before, findings, depth);
  const after = flatSchema(givenAfter, compared.after, findings, depth);
  // Each pair is known under two identities: the reference, and the schema that it refers to.
  if (before !== givenBefore || after !== givenAfter) {
    if (seen.has(before, after)) return;
    seen.add(before, after);
  }
  if (isNothing(before)) return;
  if (isNothing(after)) {
    findings.add(member, shown(givenBefore), 'false', `${named(member)} no longer allows any value.`);
    return;
  }
  compareTypes(compared, member, before, after);
  compareLimitsOf(compared, member, before, after);
  compareMembers(compared, member, before, after, depth);
  compareItems(compared, member, before, after, depth);
  compareBranches(compared, member, before, after, depth);
  compareOpaque(compared, member, before, after);
}

const isNothing = (schema: Members) => isEqual(memberOf(schema, 'not'), {});

function compareTypes(compared: Compared, member: string, before: Members, after: Members): void {
  if (isSilent(before) || isSilent(after)) return;
  const [were, are] = [typesOf(before), typesOf(after)];
  const [said, says] = [shownTypes(were), shownTypes(are)];
  const lost = [...were].filter((type) => !are.has(type));
  const gained = [...are].filter((type) => !were.has(type));
  const add = (message: string) => compared.findings.add(member, said, says, message);
  if (lost.length > 0 && breaksSenders(compared))
    add(`${named(member)} no longer allows ${shownTypes(lost)}: values that were valid are refused.`);
  else if (gained.length > 0 && breaksReaders(compared))
    add(`${named(member)} may now be ${shownTypes(gained)}, which its readers do not expect.`);
}

/** True if only the alternatives say which types are allowed. */
const isSilent = (schema: Members) => hasBranches(schema) && memberOf(schema, 'type') === undefined;

function shownTypes(types: Iterable<string>): string {
  const all = [...types];
  const list = all.includes('number') ? all.filter((type) => type !== 'integer') : all;
  return list.toSorted().join(' or ') || 'nothing';
}

function compareMembers(compared: Compared, member: string, before: Members, after: Members, depth: number) {
  const [were, are] = [membersOf(before, 'properties'), membersOf(after, 'properties')];
  const [neededBefore, neededAfter] = [textsOf(before, 'required'), textsOf(after, 'required')];
  const add = (name: string, was: string | null, is: string | null, message: string) =>
    compared.findings.add(`${member}.${name}`, was, is, message);
  for (const [name, schema] of Object.entries(were)) {
    if (!Object.hasOwn(are, name)) {
      add(name, shown(schema), null, `${member}.${name} was removed.`);
      continue;
    }
    compareSchemas(compared, `${member}.${name}`, schema, are[name], depth + 1);
    if (neededBefore.includes(name) && !neededAfter.includes(name) && breaksReaders(compared))
      add(
        name,
        'required',
        'optional',
        `${member}.${name} may now be absent, which its readers do not expect.`,
      );
  }
  for (const name of neededAfter)
    if (!neededBefore.includes(name) && breaksSenders(compared)) {
      const was = Object.hasOwn(were, name) ? 'optional' : null;
      add(name, was, 'required', `${member}.${name} is now required: values without it are refused.`);
    }
  compareOtherMembers(compared, member, before, after, depth);
}

/** Compares what the schemas say about members that they do not name. */
function compareOtherMembers(
  compared: Compared,
  member: string,
  before: Members,
  after: Members,
  depth: number,
) {
  for (const key of ['additionalProperties', 'unevaluatedProperties']) {
    const [was, is] = [memberOf(before, key) ?? true, memberOf(after, key) ?? true];
    if (isEqual(was, is)) continue;
    if (is === false) {
      if (breaksSenders(compared))
        compared.findings.add(
          member,
          shown(was),
          'false',
          `${named(member)} no longer allows further members.`,
        );
    } else if (was !== false) compareSchemas(compared, `${member}.*`, was, is, depth + 1);
  }
  const [were, are] = [membersOf(before, 'patternProperties'), membersOf(after, 'patternProperties')];
  const allowedOthers = memberOf(before, 'additionalProperties') !== false;
  for (const [pattern, schema] of Object.entries(are))
    if (!Object.hasOwn(were, pattern) && allowedOthers && breaksSenders(compared) && !isEqual(schema, true)) {
      const name = `${member}[/${pattern}/]`;
      compared.findings.add(
        name,
        null,
        shown(schema),
        `${name} is new: members that were valid may be refused.`,
      );
    }
  for (const [pattern, schema] of Object.entries(were))
    if (Object.hasOwn(are, pattern))
      compareSchemas(compared, `${member}[/${pattern}/]`, schema, are[pattern], depth + 1);
    else
      compared.findings.add(
        `${member}[/${pattern}/]`,
        shown(schema),
        null,
        `${member}[/${pattern}/] was removed.`,
      );
}

function compareItems(
  compared: Compared,
  member: string,
  before: Members,
  after: Members,
  depth: number,
): void {
  const [were, are] = [tupleOf(before), tupleOf(after)];
  for (let at = 0; at < Math.max(were.length, are.length); at += 1)
    compareSchemas(
      compared,
      `${member}[${at}]`,
      were[at] ?? restOf(before),
      are[at] ?? restOf(after),
      depth + 1,
    );
  compareSchemas(compared, `${member}[]`, restOf(before), restOf(after), depth + 1);
}

const tupleOf = (schema: Members) =>
  Array.isArray(memberOf(schema, 'items')) ? listOf(schema, 'items') : listOf(schema, 'prefixItems');

function restOf(schema: Members): unknown {
  const items = memberOf(schema, 'items');
  return (Array.isArray(items) ? memberOf(schema, 'additionalItems') : items) ?? true;
}

const branchesMax = 50;
const hasBranches = (schema: Members) => branchesOf(schema).length > 0;
const branchesOf = (schema: Members) => [...listOf(schema, 'anyOf'), ...listOf(schema, 'oneOf')];

/** Each alternative needs a compatible one on the other side: the old ones for senders, the new ones for readers. */
function compareBranches(compared: Compared, member: string, before: Members, after: Members, depth: number) {
  if (!hasBranches(before) && !hasBranches(after)) return;
  const [were, are] = [alternatives(before), alternatives(after)];
  const add = (was: unknown, is: unknown, message: string) =>
    compared.findings.add(member, was === null ? null : shown(was), is === null ? null : shown(is), message);
  if (were.length > branchesMax || are.length > branchesMax) {
    if (!isEqual(were, are))
      add(were.length, are.length, `${named(member)} changed among too many alternatives.`);
    return;
  }
  const fits = (was: unknown, is: unknown, flow: Flow) =>
    isCompatible({ ...compared, flow }, was, is, depth + 1);
  if (isMixed(before, after) && !isEqual(were, are))
    add(were.length, are.length, `${named(member)} mixes other alternatives.`);
  if (breaksSenders(compared) && hasBranches(before) && !hasOneOf(before) && hasOneOf(after))
    add('anyOf', 'oneOf', `${named(member)} refuses what fits several alternatives, which it allowed.`);
  if (breaksSenders(compared))
    for (const was of were)
      if (!are.some((is) => fits(was, is, 'sent')))
        add(was, null, `${named(member)} lost an alternative: ${shown(was)}.`);
  if (breaksReaders(compared))
    for (const is of are)
      if (!were.some((was) => fits(was, is, 'read')))
        add(
          null,
          is,
          `${named(member)} has a new alternative, which its readers do not expect: ${shown(is)}.`,
        );
}

const hasOneOf = (schema: Members) => listOf(schema, 'oneOf').length > 0;
/** True if a schema has both `oneOf` and `anyOf`, of which both must fit. */
const isMixed = (...schemas: readonly Members[]) =>
  schemas.some((schema) => hasOneOf(schema) && listOf(schema, 'anyOf').length > 0);

/** A schema without alternatives counts as its own only alternative. */
function alternatives(schema: Members): readonly unknown[] {
  const branches = branchesOf(schema);
  if (branches.length === 0) return [schema];
  return memberOf(schema, 'nullable') === true ? [...branches, { type: 'null' }] : branches;
}

function isCompatible(compared: Compared, before: unknown, after: unknown, depth: number): boolean {
  const apart = compared.findings.aside();
  // A separate record of seen pairs, so that recursion among alternatives ends.
  const inner = { ...compared, findings: apart, seen: new SeenPairs(compared.seen) };
  compareSchemas(inner, '', before, after, depth);
  return apart.breaking.length === 0;
}

const opaque = [
  conflictsKey,
  'not',
  'if',
  'then',
  'else',
  'contains',
  'propertyNames',
  'dependentRequired',
  'dependentSchemas',
  'dependencies',
  'minContains',
  'maxContains',
  'unevaluatedItems',
  '$dynamicRef',
  '$recursiveRef',
];

function compareOpaque({ findings }: Compared, member: string, before: Members, after: Members): void {
  for (const key of opaque) {
    const [was, is] = [memberOf(before, key), memberOf(after, key)];
    if (!isEqual(was, is))
      findings.add(member, shown(was), shown(is), `${named(member)} changed its rule "${key}".`);
  }
}
