import { expect, test } from 'vitest';
import type { LanguageName } from '../syntax/languages.ts';
import { parseSource } from '../syntax/parse-source.ts';
import { weakened } from './compare-blocks.ts';

async function compared(language: LanguageName, before: string, after: string) {
  const [then, now] = [await parseSource(language, before), await parseSource(language, after)];
  if (then === null || now === null) throw new Error('It was not parsed');
  return weakened({ tree: then, node: then.root }, { tree: now, node: now.root });
}

test.each<[LanguageName, string, string]>([
  ['python', 'assert starts(shifts) == [8, 16]\n', 'assert sorted(starts(shifts)) == [8, 16]\n'],
  ['python', 'assert label(x) == "A"\n', 'assert label(x).strip().upper() == "A"\n'],
  [
    'python',
    'self.assertEqual([s.at for s in all], [8, 16])\n',
    'self.assertEqual(sorted(s.at for s in all), [8, 16])\n',
  ],
  ['javascript', "assert.equal(label(x), 'A');", "assert.equal(label(x).trim(), 'A');"],
  [
    'java',
    'class A { void t() { assertEquals("A", label(x)); } }',
    'class A { void t() { assertEquals("A", label(x).strip()); } }',
  ],
  [
    'go',
    'package a\nfunc Example() {\n\t// Output: a\n}\n',
    'package a\nfunc Example() {\n\t// Unordered output: a\n}\n',
  ],
])('R-GREEN-13: in %s, a demand about what is left of a value demands less', async (...given) => {
  expect(await compared(...given)).not.toBeNull();
});

test.each<[LanguageName, string, string]>([
  ['python', 'assert sorted(old(x)) == [8]\n', 'assert sorted(new(x)) == [9]\n'],
  ['javascript', "assert.equal(label(x), 'A');", "assert.equal(label(x, y), 'B');"],
])('R-GREEN-8: in %s, a demand that only follows what is called now is as good', async (...given) => {
  expect(await compared(...given)).toBeNull();
});
