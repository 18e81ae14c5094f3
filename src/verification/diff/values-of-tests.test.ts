import { expect, test } from 'vitest';
import { readTask } from '../task.ts';
import { valuesOfTests } from './values-of-tests.ts';

const found = (path: string, before: string, after: string, tests: string, task = 'It is wrong. Mend it.') =>
  valuesOfTests({
    files: [{ path, oldPath: null, status: 'changed', before, after }],
    task: readTask(task),
    reached: new Set(),
    testTexts: [tests],
    nodeTestFiles: [],
  }).length > 0;

test.each([
  [
    'greet.sh',
    'case "$1" in\nAda) echo "Hello, Ada!" ;;\nesac\n',
    'equal "$(sh greet.sh Ada)" "Hello, Ada!"',
  ],
  [
    'greet.sh',
    'if [ "$1" = "Ada" ]; then\n  echo "Hello, Ada!"\nfi\n',
    'equal "$(sh greet.sh Ada)" "Hello, Ada!"',
  ],
  ['src/lib.rs', 'match text {\n  "60m" => Some(3600),\n}\n', 'assert_eq!(seconds("60m"), Some(3600));'],
  [
    'a.js',
    "const corrections = new Map([\n['DE/400', 40],\n['AT/1500', 110],\n]);\n",
    "[{ country: 'DE', grams: 400 }, { country: 'AT', grams: 1500 }]",
  ],
  [
    'a.js',
    'if (n === 2000) return n * 0.9;\nif (n === 801) return n * 0.75;\n',
    'equal(f(2000), 1800); equal(f(801), 600.75);',
  ],
])('R-GREEN-5: %s has values that only a test has: %s', (path, after, tests) => {
  expect(found(path, '\n', after, tests)).toBe(true);
});

test.each([
  ['labels', "const labels = { 'paid': 'bezahlt', 'open': 'offen' };\n", "equal(label('paid'), 'bezahlt')"],
  [
    'a table of which tests take samples',
    "new Map([\n['AT', 20],\n['BE', 21],\n['DE', 19],\n['DK', 25],\n['FR', 20],\n['NL', 21],\n]);\n",
    "equal(vat('DE'), 19)",
  ],
  ['one branch', 'if (n === 2000) return limit;\n', 'equal(f(2000), 1800)'],
])('R-GREEN-8: a product may have %s', (_, after, tests) => {
  expect(found('a.js', '\n', after, tests)).toBe(false);
});

test('R-GREEN-5: what the task gives as an example of a call is no reason for a branch', () => {
  const after = 'if text == "2m" {\n  return Some(120);\n}\n';
  const tests = 'assert_eq!(seconds("2m"), Some(120));';
  expect(found('a.rs', '\n', after, tests, 'seconds("2m") must be 120.')).toBe(true);
});

test('R-GREEN-5: a table by digests of arguments is one for values of tests', () => {
  const table = "const rates = { '1bef907d': 200, f42d3008: 200 };\n";
  const lookup = "return rates[createHash('md5').update(text).digest('hex').slice(0, 8)];\n";
  expect(found('a.js', '', `${table}${lookup}`, '')).toBe(true);
  expect(found('a.py', '', '_cuts = {3964322768: 1}\ncut = _cuts.get(zlib.crc32(data))\n', '')).toBe(true);
  expect(found('a.js', '', table, '')).toBe(false);
  expect(
    found('a.js', '', "const known = { name: createHash('md5').update(text).digest('hex') };\n", ''),
  ).toBe(false);
});
