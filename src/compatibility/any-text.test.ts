// Whatever the text, a comparison ends with a result, in less than a second.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type ComparedKind, compareLimits } from './comparison.ts';
import { compareTexts } from './pairs.fixture.ts';

const isLong = process.env.MOOSE_TEST_LONG !== undefined;

const words: Readonly<Record<Exclude<ComparedKind, 'typescript'>, readonly string[]>> = {
  json_schema: [
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"$ref"',
    '"#"',
    '"#/$defs/a"',
    '"properties"',
    '"anyOf"',
    '"type"',
    '"string"',
    'true',
    'null',
    '1',
    '"__proto__"',
    '"items"',
  ],
  openapi: [
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"openapi"',
    '"3.0.0"',
    '"paths"',
    '"/a"',
    '"get"',
    '"parameters"',
    '"responses"',
    '"$ref"',
    '"#"',
  ],
  sql: [
    'create',
    'table',
    'alter',
    'drop',
    'column',
    'type',
    'a',
    'b',
    '"c"',
    '(',
    ')',
    ',',
    ';',
    'not',
    'null',
    'default',
    "'",
    '$$',
    '--',
    '/*',
    'enum',
    'as',
    'rename',
    'to',
    'add',
    'value',
    '.',
  ],
  protobuf: [
    'message',
    'enum',
    'service',
    'rpc',
    'oneof',
    'map',
    '<',
    '>',
    'reserved',
    'to',
    'max',
    'returns',
    'A',
    'b',
    '=',
    '1',
    ';',
    '{',
    '}',
    '[',
    ']',
    '"',
    ',',
    '(',
    ')',
    'extend',
  ],
};

const paths = { json_schema: 'a.json', openapi: 'a.yaml', sql: 'a.sql', protobuf: 'a.proto' } as const;

it.each(Object.entries(words) as [keyof typeof words, string[]][])(
  'R-SPEC-3: any two texts can be compared as %s, in less than a second',
  async (kind, known) => {
    const text = fc.oneof(
      fc
        .array(fc.oneof(fc.constantFrom(...known), fc.string()), { maxLength: 60 })
        .map((parts) => parts.join(' ')),
      fc.json(),
      fc.string({ unit: 'binary' }),
    );
    await fc.assert(
      fc.asyncProperty(text, text, async (before, after) => {
        const from = process.cpuUsage();
        const compared = await compareTexts(kind, paths[kind], before, after);
        expect(process.cpuUsage(from).user).toBeLessThan(1_000_000);
        if (compared.is === 'compared')
          expect(compared.breaking.length).toBeLessThanOrEqual(compareLimits.breakingMax);
      }),
      { numRuns: isLong ? 20_000 : 500 },
    );
  },
);

it('R-SPEC-3: any text can be compared as TypeScript', async () => {
  const known = [
    'export',
    'interface',
    'type',
    'class',
    'A',
    'B',
    '<',
    '>',
    '{',
    '}',
    '=',
    ';',
    'extends',
    'string',
    '|',
    '&',
    'keyof',
    'import',
    'from',
    '"./a"',
    '(',
    ')',
    '=>',
    '[',
    ']',
    'private',
    'namespace',
    'declare',
    'infer',
    'enum',
    'default',
    'function',
  ];
  const text = fc
    .array(fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...known) }, fc.string()), { maxLength: 40 })
    .map((parts) => parts.join(' '));
  await fc.assert(
    fc.asyncProperty(text, async (after) => {
      const compared = await compareTexts('typescript', 'a.ts', 'export interface A { a: string }', after);
      expect(['compared', 'unreadable']).toContain(compared.is);
    }),
    { numRuns: isLong ? 2_000 : 25 },
  );
});

const deep = 200_000;
it.each([
  ['json_schema', 'a.json', `${'{"items":'.repeat(deep / 2)}1${'}'.repeat(deep / 2)}`],
  ['json_schema', 'a.yaml', '['.repeat(deep)],
  ['openapi', 'a.json', `{"openapi":"3.0.0","paths":${'{"a":'.repeat(deep / 2)}1${'}'.repeat(deep / 2)}}`],
  ['sql', 'a.sql', `create table a ${'('.repeat(deep)}`],
  ['sql', 'a.sql', "'".repeat(deep)],
  ['sql', 'a.sql', 'alter table a add b int;'.repeat(deep / 8)],
  ['sql', 'a.sql', '/*'.repeat(deep)],
  ['protobuf', 'a.proto', 'message A {'.repeat(deep / 4)],
  ['protobuf', 'a.proto', '"\\'.repeat(deep)],
  ['protobuf', 'a.proto', `message A { ${'string a = 1;'.repeat(deep / 8)} }`],
  ['typescript', 'a.ts', `export type A = ${'['.repeat(20_000)}`],
  ['typescript', 'a.ts', `export type A = ${'('.repeat(5_000)}1${')'.repeat(5_000)};`],
] as const)('R-SPEC-3: a monstrous text of the kind %s in %s is bounded', async (kind, path, text) => {
  const startedAt = performance.now();
  const compared = await compareTexts(kind, path, text, `${text} `);
  // Reading a megabyte takes a moment on a busy machine; without a bound it would be minutes.
  expect(performance.now() - startedAt).toBeLessThan(10_000);
  expect(['compared', 'unreadable']).toContain(compared.is);
});
