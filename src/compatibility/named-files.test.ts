import { expect, test } from 'vitest';
import type { ComparedKind } from './comparison.ts';
import { namedFilesIn } from './named-files.ts';

test.each<[ComparedKind, string, string[]]>([
  [
    'typescript',
    "import type { A } from './a.js';\nexport * from '../b.ts';\nimport 'zod';",
    ['./a.js', '../b.ts'],
  ],
  [
    'json_schema',
    '{"a":{"$ref":"other.json#/x"},"b":{"$ref":"#/x"},"c":{"$ref": "other.json"}}',
    ['other.json'],
  ],
  ['openapi', "a:\n  $ref: './shared.yaml#/A'\nb:\n  $ref: https://example.com/a.json\n", ['./shared.yaml']],
  [
    'sql',
    '\\i types.sql\n\\include_relative ./more.sql\nselect 1; -- \\i no.sql',
    ['types.sql', './more.sql'],
  ],
  ['protobuf', 'import "a/b.proto";\nimport public "c.proto";\nmessage A {}', ['a/b.proto', 'c.proto']],
])('R-SPEC-3: the files that %s names are found', (kind, text, names) => {
  expect(namedFilesIn(kind, text)).toEqual(names);
});

test('R-SEC-3: fear: a long hostile text makes the search for names slow', () => {
  const startedAt = performance.now();
  for (const kind of ['typescript', 'openapi', 'sql', 'protobuf'] as const)
    namedFilesIn(
      kind,
      `${'$ref: import \\i '.repeat(30_000)}${' '.repeat(100_000)}${'from '.repeat(30_000)}`,
    );
  namedFilesIn('typescript', `from${' '.repeat(120_000)}x`);
  expect(performance.now() - startedAt).toBeLessThan(5_000);
});
