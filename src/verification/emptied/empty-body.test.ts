import { expect, test } from 'vitest';
import type { LanguageName } from '../syntax/languages.ts';
import { parseSource } from '../syntax/parse-source.ts';
import { functionsIn } from '../syntax/read-tree.ts';
import { emptied } from './empty-body.ts';

async function emptiedIn(language: LanguageName, text: string, name?: string): Promise<string | null> {
  const tree = await parseSource(language, text);
  const block = tree && functionsIn(tree).find((each) => name === undefined || each.name === name);
  if (!tree || !block) throw new Error(`no function in ${text}`);
  const changed = emptied(tree, block);
  if (changed !== null) {
    const again = await parseSource(language, changed);
    expect(again?.isWhole, changed).toBe(true);
  }
  return changed;
}

test.each<[LanguageName, string, string]>([
  [
    'javascript',
    'function f(a) { return g(a); }',
    'function f(a) { if (true) return undefined; return g(a); }',
  ],
  ['javascript', 'const f = (a) => g(a);', 'const f = (a) => (true ? undefined : g(a));'],
  [
    'javascript',
    'class A { get b() { return g(this.a); } }',
    'class A { get b() { if (true) return undefined; return g(this.a); } }',
  ],
  [
    'typescript',
    'export const f = async (a: A): Promise<B> => ({ b: g(a) });',
    'export const f = async (a: A): Promise<B> => (true ? (undefined as never) : ({ b: g(a) }));',
  ],
  [
    'typescript',
    'function* f(): Generator<A> { yield g(); }',
    'function* f(): Generator<A> { if (true) return (undefined as never); yield g(); }',
  ],
  ['tsx', 'const F = () => <p>{g()}</p>;', 'const F = () => (true ? (undefined as never) : <p>{g()}</p>);'],
  [
    'python',
    'def f(a):\n    """Says it."""\n    b = g(a)\n    return b\n',
    'def f(a):\n    """Says it."""\n    return\n    b = g(a)\n    return b\n',
  ],
  ['python', 'def f(a): return g(a)\n', 'def f(a): return; return g(a)\n'],
  [
    'python',
    'class A:\n    async def f(self):\n        yield await g()\n',
    'class A:\n    async def f(self):\n        return\n        yield await g()\n',
  ],
  ['python', 'f = lambda a: g(a)\n', 'f = lambda a: (None if True else g(a))\n'],
  [
    'go',
    'package a\nfunc f(a int) (B, error) { return g(a) }\n',
    'package a\nfunc f(a int) (_ B, _ error) { if true { return }; return g(a) }\n',
  ],
  [
    'go',
    'package a\nfunc (s *S) f() []string { return g(s) }\n',
    'package a\nfunc (s *S) f() (_ []string) { if true { return }; return g(s) }\n',
  ],
  [
    'go',
    'package a\nfunc f() (b B, err error) { b, err = g(); return }\n',
    'package a\nfunc f() (b B, err error) { if true { return }; b, err = g(); return }\n',
  ],
  ['go', 'package a\nfunc f() { g() }\n', 'package a\nfunc f() { if true { return }; g() }\n'],
  [
    'rust',
    'fn f(a: i64) -> Result<Vec<A>, E> { g(a) }',
    'fn f(a: i64) -> Result<Vec<A>, E> { if true { return Ok(Vec::new()); } g(a) }',
  ],
  ['rust', 'impl A { fn f(&mut self) { g(); } }', 'impl A { fn f(&mut self) { if true { return ; } g(); } }'],
  [
    'java',
    'class A { long f(int a) { return g(a); } }',
    'class A { long f(int a) { if (true) { return 0; } return g(a); } }',
  ],
  [
    'java',
    'class A { <T> List<T> f() throws E { return g(); } }',
    'class A { <T> List<T> f() throws E { if (true) { return null; } return g(); } }',
  ],
  [
    'csharp',
    'class A { async Task F() { await G(); } }',
    'class A { async Task F() { if (true) { return; } await G(); } }',
  ],
  [
    'csharp',
    'class A { IEnumerable<int> F() { yield return G(); } }',
    'class A { IEnumerable<int> F() { if (true) { yield break; } yield return G(); } }',
  ],
  [
    'csharp',
    'class A { int F(int a) => G(a); }',
    'class A { int F(int a) => true ? default(int) : (G(a)); }',
  ],
  [
    'php',
    '<?php function f(int $a): array { return g($a); }',
    '<?php function f(int $a): array { if (true) { return []; } return g($a); }',
  ],
  ['ruby', 'def f(a)\n  g(a)\nend\n', 'def f(a)\n  return if true; g(a)\nend\n'],
  ['shell', 'f() { g "$1"; }\n', 'f() { return 0; g "$1"; }\n'],
])(
  'R-GREEN-16: an emptied function of %s returns a default value at once: %s',
  async (language, text, expected) => {
    expect(await emptiedIn(language, text)).toBe(expected);
  },
);

test.each<[LanguageName, string]>([
  ['javascript', 'class A { constructor(a) { super(); g(a); } }'],
  ['rust', 'fn f() -> impl Iterator<Item = A> { g() }'],
  ['rust', 'fn f() -> A { g() }'],
  ['java', 'class A { A(int a) { g(a); } }'],
  ['php', '<?php function f(): A { return g(); }'],
  ['python', 'def f():\n    """Does nothing."""\n'],
  ['go', 'package a\nvar f = func() int { return g() }\n'],
])('a function of %s whose default is not known stays as it is: %s', async (language, text) => {
  const tree = await parseSource(language, text);
  const blocks = tree ? functionsIn(tree) : [];
  for (const block of blocks) expect(tree && emptied(tree, block)).toBeNull();
});
