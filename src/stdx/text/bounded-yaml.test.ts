import { expect, test } from 'vitest';
import { readYaml } from './bounded-yaml.ts';

const limits = { charsMax: 64 * 1024, aliasesMax: 20 };

const readOf = (text: string) => {
  const read = readYaml(text, limits);
  return 'problem' in read ? read : read.value;
};

test.each<[string, string, unknown]>([
  ['a byte order mark and CRLF', '\uFEFFa: 1\r\nb: [x, "y"]\r\n', { a: 1, b: ['x', 'y'] }],
  ['no document', '', null],
  ['only comments', '# nothing\n', null],
  ['words of YAML 1.1', 'on: yes\nat: 2026-01-01\n', { on: 'yes', at: '2026-01-01' }],
  ['an anchor that is used', 'a: &x [1]\nb: *x\n', { a: [1], b: [1] }],
  ['brackets in a block of text', 'run: |\n  [[[ {{{\n', { run: '[[[ {{{\n' }],
])('it reads %s', (_, text, value) => {
  expect(readOf(text)).toEqual(value);
});

const bomb = [
  'a: &a [x, x]',
  ...'bcdefghi'.split('').map((name, index) => {
    const before = `*${'abcdefgh'[index]}`;
    return `${name}: &${name} [${Array(9).fill(before).join(', ')}]`;
  }),
].join('\n');

test.each<[string, string, string, number]>([
  ['a key that is there twice', 'a: 1\na: 2\n', 'map keys must be unique', 2],
  ['two documents', '---\na: 1\n---\nb: 2\n', 'multiple documents', 3],
  ['a tag that makes more than data', 'a: !!js/function x\n', 'unresolved tag', 1],
  ['binary data', 'a: !!binary aGk=\n', 'unresolved tag', 1],
  ['tabs', 'a:\n\tb: 1\n', 'tabs are not allowed', 2],
  ['a text that does not end', 'a: "x\n', 'missing closing', 2],
  ['a key that is a prototype', 'a:\n  __proto__: 1\n', '"__proto__" cannot be a key', 2],
  ['a bomb of aliases', bomb, 'its aliases expand to too much', 1],
  ['an alias of itself', '&a [*a]', '', 1],
  ['too much text', 'x'.repeat(limits.charsMax + 1), 'longer than 65536 characters', 1],
])('fear: %s does harm, or is read as something else', (_, text, problem, line) => {
  const read = readOf(text);
  if (problem === '') return;
  expect(read).toMatchObject({ problem: expect.stringContaining(problem), place: { line } });
});

test.each([
  ['lists', '['],
  ['maps', '{a: '],
  ['lists in block style', '- '],
  ['keys', '? '],
  ['tags', '!a '],
  ['quotes', '"'],
])('fear: a file of nested or repeated %s fills the stack, or takes minutes', (_, part) => {
  const startedAtMs = performance.now();
  expect(readOf(part.repeat(60_000 / part.length))).toMatchObject({ problem: expect.any(String) });
  expect(performance.now() - startedAtMs).toBeLessThan(20_000);
});

test('a value and its key are found in the text', () => {
  const read = readYaml('a:\n  - x\n  - b: 1\n', limits);
  if ('problem' in read) throw new Error(read.problem);
  expect(read.placeOf(['a', 1, 'b'])).toEqual({ line: 3, column: 8 });
  expect(read.placeOf(['a', 1, 'b'], 'key')).toEqual({ line: 3, column: 5 });
  expect(read.placeOf(['a', 1, 'missing'])).toEqual({ line: 3, column: 5 });
  expect(read.placeOf([])).toEqual({ line: 1, column: 1 });
});

test('where aliases are refused, the first one is named', () => {
  expect(readYaml('a: &x 1\nb: *x\n', { ...limits, aliasesMax: 0 })).toEqual({
    problem: 'it uses an alias (*name), which is not supported here',
    place: { line: 2, column: 4 },
  });
});
