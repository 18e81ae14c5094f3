import { expect, it } from 'vitest';
import { compareTexts, type LabelledPair, membersOf, testPairs, testSelves } from '../pairs.fixture.ts';

const schema = (properties: object, more: object = {}) =>
  JSON.stringify({ type: 'object', properties, ...more });
const one = (value: unknown) => schema({ a: value });
const text = { type: 'string' };
const number = { type: 'number' };

const pairs: readonly LabelledPair[] = [
  ['a new optional member', one(text), schema({ a: text, b: text }), []],
  ['a new required member', one(text), schema({ a: text, b: text }, { required: ['b'] }), ['.b']],
  ['a member is removed', schema({ a: text, b: text }), one(text), ['.b']],
  ['a member has another type', one(text), one(number), ['.a']],
  ['a member may also be null', one(text), one({ type: ['string', 'null'] }), ['.a']],
  ['a member may no longer be null', one({ type: ['string', 'null'] }), one(text), ['.a']],
  ['a number becomes an integer', one(number), one({ type: 'integer' }), ['.a']],
  ['an integer becomes a number', one({ type: 'integer' }), one(number), ['.a']],
  ['a member becomes required', one(text), schema({ a: text }, { required: ['a'] }), ['.a']],
  ['a member becomes optional', schema({ a: text }, { required: ['a'] }), one(text), ['.a']],
  ['only the words about it change', one({ ...text, description: 'x' }), one({ ...text, title: 'y' }), []],
  ['a value is added', one({ enum: ['a', 'b'] }), one({ enum: ['a', 'b', 'c'] }), []],
  ['a value is removed', one({ enum: ['a', 'b'] }), one({ enum: ['a'] }), ['.a']],
  ['only listed values are left', one(text), one({ ...text, enum: ['a'] }), ['.a']],
  ['a constant changes', one({ const: 1 }), one({ const: 2 }), ['.a']],
  ['a longer text is allowed', one({ ...text, maxLength: 5 }), one({ ...text, maxLength: 9 }), []],
  ['only a shorter text is allowed', one({ ...text, maxLength: 9 }), one({ ...text, maxLength: 5 }), ['.a']],
  ['a minimum is added', one(number), one({ ...number, minimum: 1 }), ['.a']],
  ['a minimum is lifted', one({ ...number, minimum: 1 }), one(number), []],
  ['a pattern is added', one(text), one({ ...text, pattern: '^a' }), ['.a']],
  ['a pattern changes', one({ ...text, pattern: '^a' }), one({ ...text, pattern: '^b' }), ['.a']],
  ['a pattern is lifted', one({ ...text, pattern: '^a' }), one(text), []],
  ['a format changes', one({ ...text, format: 'date' }), one({ ...text, format: 'date-time' }), ['.a']],
  ['further members are refused', one(text), schema({ a: text }, { additionalProperties: false }), ['']],
  ['further members are allowed', schema({ a: text }, { additionalProperties: false }), one(text), []],
  [
    'further members have another type',
    schema({}, { additionalProperties: text }),
    schema({}, { additionalProperties: number }),
    ['.*'],
  ],
  [
    'items have another type',
    one({ type: 'array', items: text }),
    one({ type: 'array', items: number }),
    ['.a[]'],
  ],
  ['items are limited', one({ type: 'array' }), one({ type: 'array', items: text }), ['.a[]']],
  [
    'a place of a tuple has another type',
    one({ type: 'array', prefixItems: [text, text] }),
    one({ type: 'array', prefixItems: [text, number] }),
    ['.a[1]'],
  ],
  ['an alternative is added', one({ anyOf: [text] }), one({ anyOf: [text, number] }), ['.a']],
  ['an alternative is removed', one({ oneOf: [text, number] }), one({ oneOf: [text] }), ['.a']],
  ['alternatives change places', one({ anyOf: [text, number] }), one({ anyOf: [number, text] }), []],
  ['a type becomes its only alternative', one(text), one({ anyOf: [text] }), []],
  ['what must not be changes', one({ not: text }), one({ not: number }), ['.a']],
  ['nothing is allowed any more', one(text), one(false), ['.a']],
  [
    'a member moves into allOf',
    schema({ a: text, b: number }, { required: ['b'] }),
    JSON.stringify({
      allOf: [
        { type: 'object', properties: { a: text } },
        { properties: { b: number }, required: ['b'] },
      ],
    }),
    [],
  ],
  [
    'a definition changes where it is used',
    schema({ a: { $ref: '#/$defs/line' } }, { $defs: { line: { type: 'object', properties: { c: text } } } }),
    schema(
      { a: { $ref: '#/$defs/line' } },
      { $defs: { line: { type: 'object', properties: { c: number } } } },
    ),
    ['.a.c'],
  ],
  [
    'a definition moves, and stays the same',
    schema({ a: { $ref: '#/x~1y/line' } }, { 'x/y': { line: text } }),
    schema({ a: text }),
    [],
  ],
  ['a definition is removed', schema({}, { $defs: { line: text } }), schema({}), ['line']],
  ['another document is named', one({ $ref: 'a.json' }), one({ $ref: 'b.json' }), ['.a']],
  [
    'a schema contains itself',
    schema({ next: { $ref: '#' }, a: text }),
    schema({ next: { $ref: '#' }, a: number }),
    ['.a'],
  ],
];

const ofAny = { anyOf: [{ ...text, maxLength: 3 }, number] };
const numbers = (count: number) => ({ enum: Array.from({ length: count }, (_, at) => at) });
const anchored = (ref: string) =>
  schema({ a: { $ref: ref } }, { $defs: { t: { ...text, $anchor: 't' }, n: { ...number, $anchor: 'n' } } });
const apart = { allOf: [one(text), one({ maxLength: 3 })].map((each) => JSON.parse(each)) };

/** Ways to narrow a schema that are easily missed. */
const hidden: readonly LabelledPair[] = [
  [
    'a part narrows what stands beside it',
    one({ ...number, minimum: 5 }),
    one({ ...number, minimum: 9, allOf: [{ minimum: 5 }] }),
    ['.a'],
  ],
  ['a part narrows a member', one(text), JSON.stringify({ ...JSON.parse(one(text)), ...apart }), ['', '.a']],
  ['a part only adds words', one(text), one({ ...text, allOf: [{ title: 'x' }] }), []],
  [
    'an alternative is narrowed from outside',
    one({ ...ofAny, type: ['string', 'number'] }),
    one({ ...ofAny, type: 'string' }),
    ['.a'],
  ],
  ['only one alternative may fit', one(ofAny), one({ oneOf: ofAny.anyOf }), ['.a']],
  ['a second list of alternatives', one(ofAny), one({ ...ofAny, oneOf: [number] }), ['.a']],
  [
    'a bound no longer includes itself',
    one({ ...number, maximum: 5 }),
    one({ ...number, maximum: 5, exclusiveMaximum: true }),
    ['.a'],
  ],
  [
    'members by a pattern are refused',
    one(text),
    schema({ a: text }, { patternProperties: { '.*': false } }),
    ['[/.*/]'],
  ],
  ['one of very many values is removed', one(numbers(2_500)), one(numbers(2_499)), ['.a']],
  ['one of very many values is there', one(numbers(2_500)), one(numbers(2_500)), []],
  ['a reference leads to another anchor', anchored('#t'), anchored('#n'), ['.a']],
  [
    'fewer items must fit',
    one({ minContains: 1, contains: text }),
    one({ minContains: 2, contains: text }),
    ['.a'],
  ],
];

testPairs('json_schema', 'hidden.json', hidden);
testSelves('json_schema', 'hidden.json', hidden);
testPairs('json_schema', 'basket.schema.json', pairs);
testSelves('json_schema', 'basket.schema.json', pairs);

it.each([
  ['no JSON', '{', 'it is not JSON'],
  ['no object', '[]', 'it is not an object'],
  ['a reference that leads nowhere', one({ $ref: '#/$defs/x' }), 'it refers to #/$defs/x'],
  ['references without end', JSON.stringify({ $ref: '#' }), 'without end'],
  ['a text that is too long', ' '.repeat(1_000_001), 'it is longer than 1000000 characters'],
])('R-SPEC-3: a schema with %s is told', async (_, after, because) => {
  const compared = await compareTexts('json_schema', 'a.json', one(text), after);
  expect(compared).toMatchObject({ is: 'unreadable', side: 'after' });
  expect(membersOf(compared)).toContain(because);
});

it('R-SPEC-3: reads YAML', async () => {
  const yaml = (type: string) => `type: object\nproperties:\n  a:\n    type: ${type}\n`;
  expect(membersOf(await compareTexts('json_schema', 'a.yaml', yaml('string'), yaml('number')))).toEqual([
    '.a',
  ]);
  expect(membersOf(await compareTexts('json_schema', 'a.yml', yaml('string'), 'a: [\n'))).toContain(
    'not YAML',
  );
});

it('R-SPEC-3: schemas that multiply without end are given up, not compared for ever', async () => {
  const many = (type: string) => {
    const $defs: Record<string, unknown> = { d0: { type } };
    for (let at = 1; at < 30; at += 1) {
      const anyOf = [0, 1, 2, 3].map(() => ({ $ref: `#/$defs/d${at - 1}` }));
      $defs[`d${at}`] = { properties: { a: { anyOf }, b: { anyOf } } };
    }
    return JSON.stringify({ $ref: '#/$defs/d29', $defs });
  };
  const from = process.cpuUsage();
  const compared = await compareTexts('json_schema', 'a.json', many('string'), many('number'));
  expect(membersOf(compared)).toContain('too large to be compared');
  expect(process.cpuUsage(from).user).toBeLessThan(1_000_000);
});
