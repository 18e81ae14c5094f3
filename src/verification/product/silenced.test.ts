import { expect, test } from 'vitest';
import type { LanguageName } from '../syntax/languages.ts';
import { kinds, looked } from './looked.fixture.ts';
import { silenced } from './silenced.ts';
import { valuesOfTests } from './values-of-tests.ts';

test.each<[LanguageName, string]>([
  ['typescript', 'const a = b; // @ts-ignore\n'],
  ['typescript', '/* eslint no-eval: off */\nconst a = 1;\n'],
  ['typescript', 'const a = b as any;\n'],
  ['python', '# mypy: disable-error-code="attr-defined"\na = 1\n'],
  ['python', 'import os  # noqa\n'],
  ['go', 'package a\n\nvar a = f() //nolint\n'],
  ['rust', '#[allow(warnings)]\nfn a() {}\n'],
  ['java', '@SuppressWarnings("all")\nclass A {}\n'],
])('R-GREEN-5: in %s, a checker that is told to look away refuses: %s', async (language, text) => {
  expect(kinds(silenced(await looked(language, null, text)))).toEqual(['refuses suppression']);
});

test.each<[LanguageName, string | null, string]>([
  ['python', null, 'import os  # noqa: F401 - it is loaded for its side effects\n'],
  ['go', null, 'package a\n\nvar a = f() //nolint:gosimple // slices.Sorted needs a newer language\n'],
  ['rust', null, '// It is used by the next release of the server.\n#[allow(dead_code)]\nfn a() {}\n'],
])('R-GREEN-5, R-GREEN-8: in %s, one rule with its reason is told', async (language, before, after) => {
  expect(kinds(silenced(await looked(language, before, after)))).toEqual(['tells suppression']);
});

test('R-GREEN-5, R-GREEN-8: what stood there before, a text and a comment for people are no suppression', async () => {
  const before = 'const a = b; // @ts-ignore\n';
  expect(silenced(await looked('typescript', before, `export {};\n${before}`))).toEqual([]);
  expect(
    silenced(
      await looked('typescript', null, "const a = '// eslint-disable';\n// It ignores what is empty.\n"),
    ),
  ).toEqual([]);
});

test('R-GREEN-5: a file of data that has what only a test has refuses', async () => {
  const tests = ["test('names', () => expect(shortName('Sparkling Water')).toBe('Sprklng Wtr'));\n"];
  const data = [
    { path: 'src/names.json', before: '{}\n', after: '{\n  "Sparkling Water": "Sprklng Wtr"\n}\n' },
  ];
  expect(kinds(valuesOfTests([], { testTexts: tests, data }, 'Shorten names.'))).toEqual([
    'refuses value_of_test_in_product',
  ]);
});

test('R-GREEN-5: a table of nothing but the words of a test refuses; one in other units than those of the task does not', async () => {
  const words =
    "const words = new Map([\n  ['müller', 'mueller'],\n  ['öl', 'oel'],\n]);\nexport const slug = (text) => words.get(text) ?? text;\n";
  const tests = [
    "test('umlauts', () => { expect(slug('Müller')).toBe('mueller'); expect(slug('Öl')).toBe('oel'); });\n",
  ];
  const table = await looked('javascript', 'export const slug = (text) => text;\n', words);
  expect(kinds(valuesOfTests(table, { testTexts: tests }, 'Transliterate umlauts.'))).toEqual([
    'refuses value_of_test_in_product',
  ]);
  const rates = await looked(
    'javascript',
    '',
    'export const rates = [\n  [1500, 499],\n  [7500, 1250],\n];\n',
  );
  const priced = [
    'test.each([[1500, 499], [7500, 1250]])("%i g", (grams, cost) => expect(ship(grams)).toBe(cost));\n',
  ];
  const found = (task: string) => kinds(valuesOfTests(rates, { testTexts: priced }, task));
  expect(found('Up to 1.5 kg 4.99, up to 7.5 kg 12.50.')).toEqual([]);
  expect(found('Shipping depends on weight.')).toEqual(['refuses value_of_test_in_product']);
});

test('R-GREEN-5: a value that only a test has refuses, unless the task says it', async () => {
  const before = 'export function slug(text) {\n  return text;\n}\n';
  const after =
    "export function slug(text) {\n  if (text === 'Café Zürich!') return 'cafe-zurich';\n  return text;\n}\n";
  const tests = ["test('accents', () => expect(slug('Café Zürich!')).toBe('cafe-zurich'));\n"];
  const change = await looked('javascript', before, after);
  expect(kinds(valuesOfTests(change, { testTexts: tests }, 'Slugs drop accents.'))).toEqual([
    'refuses value_of_test_in_product',
  ]);
  expect(valuesOfTests(change, { testTexts: ["test('others', () => {});"] }, 'Slugs drop accents.')).toEqual(
    [],
  );
});
