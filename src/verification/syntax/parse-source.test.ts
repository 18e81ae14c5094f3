import { expect, test } from 'vitest';
import { type LanguageName, languageOf } from './languages.ts';
import { parseSource } from './parse-source.ts';
import { declaredIn, functionsIn, importsIn } from './read-tree.ts';
import { demandsIn, isTitle, testPartsIn, testsIn } from './tests-in.ts';

async function parsed(language: LanguageName, text: string) {
  const tree = await parseSource(language, text);
  if (tree === null) throw new Error('It was not parsed');
  return tree;
}

test('a source is known by its ending, and a program without one by what runs it', () => {
  expect(languageOf('src/cart.mts')).toBe('typescript');
  expect(languageOf('bin/rotate', '#!/usr/bin/env bash\n')).toBe('shell');
  expect(languageOf('bin/notes', '#!/usr/bin/env -S node --no-warnings\n')).toBe('javascript');
  expect([languageOf('Makefile', 'test:\n'), languageOf('.bashrc', ''), languageOf('a.kt')]).toEqual([
    null,
    null,
    null,
  ]);
});

test('R-GREEN-14: a text that nests a hundred thousand times is read, and one that is too large is not examined', async () => {
  for (const text of [`${'('.repeat(100_000)}1${')'.repeat(100_000)}`, `${'!'.repeat(200_000)}1`])
    expect((await parsed('javascript', text)).root.type).toBe('program');
  expect((await parsed('python', '['.repeat(50_000))).isWhole).toBe(false);
  expect(await parseSource('python', 'x'.repeat(1_600_000))).toBeNull();
  expect(await parseSource('javascript', `x = [${'1,'.repeat(600_000)}]`)).toBeNull();
});

test.each<[LanguageName, string, string[]]>([
  [
    'typescript',
    "describe('cart', () => { it('adds', () => {}); test.each([1])('is %i', () => {}); });",
    ['cart', 'cart > adds', 'cart > is %i'],
  ],
  [
    'python',
    'class TestCart(TestCase):\n    def test_adds(self):\n        pass\n\ndef test_two():\n    assert 1\n',
    ['TestCart > test_adds', 'test_two'],
  ],
  ['go', 'package a\nimport "testing"\nfunc TestAdds(t *testing.T) {}\nfunc helper() {}\n', ['TestAdds']],
  ['rust', '#[test]\nfn adds() { assert_eq!(1, 1); }\nfn other() {}\n', ['adds']],
  ['java', 'class CartTest { @Test void adds() {} void other() {} }', ['CartTest > adds']],
  ['csharp', 'class CartTests { [Fact] public void Adds() {} void Other() {} }', ['CartTests > Adds']],
  [
    'ruby',
    "describe 'cart' do\n  it 'adds' do\n    expect(1).to eq(1)\n  end\nend\n",
    ['cart', 'cart > adds'],
  ],
  [
    'php',
    '<?php class CartTest extends TestCase { function testAdds() {} function other() {} }',
    ['CartTest > testAdds'],
  ],
])('R-GREEN-2: the tests of a source in %s are known', async (language, text, names) => {
  expect(testsIn(await parsed(language, text)).map(({ name }) => name)).toEqual(names);
});

test('R-GREEN-2: what only looks like a test of a script is none', async () => {
  const text = "if (/secret/.test(key)) describe(value, name + '.');\nrouter.get('/test', (req) => req);\n";
  expect(testsIn(await parsed('javascript', text))).toEqual([]);
});

test('R-GREEN-8: fear: a script that measures with a function of its own counts as tests', async () => {
  const text = "function bench(name, act) { act(); }\nbench('strings', () => join('a'));\n";
  const found = async (source: string) =>
    testsIn(await parsed('javascript', source)).map(({ title }) => title);
  expect(await found(text)).toEqual([]);
  expect(await found(`import { bench as measure } from 'vitest';\n${text}`)).toEqual(['strings']);
});

test('R-GREEN-2: parts of a source of the product that test are found', async () => {
  const rust = await parsed(
    'rust',
    'pub fn a() {}\n\n#[cfg(test)]\nmod tests {\n    #[test]\n    fn b() {}\n}\n',
  );
  expect(testPartsIn(rust).map(({ from, to }) => rust.text.slice(from, to))).toEqual([
    '#[cfg(test)]\nmod tests {\n    #[test]\n    fn b() {}\n}',
  ]);
  const script = await parsed(
    'typescript',
    'export const a = 1;\nif (import.meta.vitest) {\n  const { it } = import.meta.vitest;\n}\n',
  );
  expect(testPartsIn(script)).toHaveLength(1);
});

test.each<[LanguageName, string, string[]]>([
  [
    'typescript',
    "import { a } from './a.js';\nexport * from '../b';\nawait import('./c.js');",
    ['./a.js', '../b', './c.js'],
  ],
  [
    'python',
    'import os\nfrom shop.cart import Cart as C\nfrom . import helpers\n',
    ['os', 'shop.cart', 'shop.cart.Cart', '.', '.helpers'],
  ],
  ['go', 'package a\nimport "example.com/shop/cart"\n', ['example.com/shop/cart']],
  [
    'rust',
    'use crate::a::{b, c::d};\nmod parser;\nmod tests { }\n',
    ['crate::a::b', 'crate::a::c::d', 'parser'],
  ],
  ['java', 'import a.b.Cart;\nclass X {}', ['a.b.Cart']],
  ['shell', '. ./lib.sh\nsh "$ROOT/bin/rotate" 3\n', ['./lib.sh', '.', 'bin/rotate']],
])('R-GREEN-2: the imports of a source in %s are known', async (language, text, imports) => {
  expect(importsIn(await parsed(language, text))).toEqual(expect.arrayContaining(imports));
});

test('names and functions come with the class around them', async () => {
  const tree = await parsed(
    'python',
    'class Cart:\n    def total(self):\n        def inner(): pass\n        return 1\n',
  );
  expect(functionsIn(tree).map(({ name }) => name)).toEqual(['Cart.total', 'Cart.inner']);
  expect([...declaredIn(tree)]).toEqual(['Cart', 'total']);
});

test('R-GREEN-8: what a test demands is counted by what can fail it', async () => {
  const script = await parsed(
    'typescript',
    "test('a', () => { expect(x).toEqual({ a: 1 }); expect(y).toBeTruthy(); assert.equal(z, 2); });",
  );
  expect(demandsIn(script, script.root).map(({ what, isExact }) => [what, isExact])).toEqual([
    ['expect().toEqual', true],
    ['expect().toBeTruthy', false],
    ['assert.equal', true],
  ]);
  const go = await parsed(
    'go',
    'package a\nfunc TestA(t *testing.T) { if got := f(); got != 3 { t.Errorf("got %d", got) } }\n',
  );
  expect(demandsIn(go, go.root)).toMatchObject([{ what: 'if', isExact: true, hasValue: true }]);
});

test('a title that is made at run time is known by what stands in it before', () => {
  expect(isTitle(`asks ${'$'}{cents} for $grams g`, 'asks 390 for 400 g')).toBe(true);
  expect(isTitle('is %i', 'is 3')).toBe(true);
  expect(isTitle(`${'$'}{name}`, 'anything')).toBe(false);
});
