import { expect, test } from 'vitest';
import type { ChangedFile } from '../changed-file.ts';
import { evidenceOfBase, testsOfChange, withTestsOf } from './compose.ts';
import type { Part, Role, SortedFile } from './sorted-file.ts';

const file = (path: string, part: Part, role: Role, given: Partial<ChangedFile> = {}): SortedFile => ({
  file: { path, oldPath: null, status: 'changed', before: 'a', after: 'b', ...given },
  part,
  role,
  because: '',
});

const all = [
  file('src/a.js', 'product', 'source'),
  file('test/a.js', 'evidence', 'test'),
  file('test/new.js', 'evidence', 'test', { status: 'added', before: null }),
  file('test/b2.js', 'evidence', 'test', { oldPath: 'test/b.js' }),
  file('.rc', 'evidence', 'configuration'),
  file('who.js', 'unknown', 'helper'),
  file('README.md', 'neutral', 'document'),
  file('ci.yml', 'evidence', 'ci'),
];
const lists = ({ take, remove }: { take: string[]; remove: string[] }) => ({ take, remove });

test('R-GREEN-13: the run that decides has the evidence of the base, but what is explained', async () => {
  const none = new Set<string>();
  const whole = { kept: none, withTests: true, withUnknown: true };
  expect(lists(await evidenceOfBase(all, whole))).toEqual({
    take: ['test/a.js', 'test/b.js', '.rc', 'who.js'],
    remove: ['test/new.js', 'test/b2.js'],
  });
  expect(lists(await evidenceOfBase(all, { ...whole, withUnknown: false, withTests: false }))).toEqual({
    take: ['.rc'],
    remove: [],
  });
  expect(lists(await evidenceOfBase(all, { ...whole, kept: new Set(['test/a.js', '.rc']) })).take).toEqual([
    'test/b.js',
    'who.js',
  ]);
});

test('R-GREEN-4: the tests of the change go over the base with what serves them', async () => {
  expect(lists(await testsOfChange(all))).toEqual({
    take: ['test/a.js', 'test/new.js', 'test/b2.js'],
    remove: ['test/b.js'],
  });
});

test('R-GREEN-2: of a source with tests in it, the tests come from one side and the product from the other', async () => {
  const base =
    'pub fn a() -> u8 { 1 }\n\n#[cfg(test)]\nmod tests {\n    #[test]\n    fn one() { assert_eq!(super::a(), 1); }\n}\n';
  const change = base.replace('{ 1 }', '{ 2 }').replace('super::a(), 1', 'super::a(), 2');
  expect(await withTestsOf('src/lib.rs', change, base)).toBe(base.replace('{ 1 }', '{ 2 }'));
  const bare = 'pub fn a() -> u8 { 1 }\n\n#[test]\nfn one() { assert_eq!(a(), 1); }\n';
  expect(await withTestsOf('src/lib.rs', 'pub fn a() -> u8 { 2 }\n', bare)).toBe(
    'pub fn a() -> u8 { 2 }\n\n#[test]\nfn one() { assert_eq!(a(), 1); }\n',
  );
});

test('R-GREEN-2: examples in documentation that a runner runs are tests', async () => {
  const base = 'def add(a, b):\n    """Adds.\n\n    >>> add(1, 2)\n    3\n    """\n    return a + b\n';
  const change = base.replace('    3\n', '    -1\n').replace('a + b', 'a - b');
  expect(await withTestsOf('a.py', change, base)).toBe(base.replace('a + b', 'a - b'));
  const rust =
    '/// Adds.\n/// ```\n/// assert_eq!(a::add(1, 2), 3);\n/// ```\npub fn add(a: i8, b: i8) -> i8 { a + b }\n';
  const changed = rust.replace(', 3)', ', -1)').replace('a + b', 'a - b');
  expect(await withTestsOf('src/lib.rs', changed, rust)).toBe(rust.replace('a + b', 'a - b'));
});
