import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findSymbols } from './find-symbols.ts';
import { scratchRepository } from './scratch-repository.fixture.ts';

async function committed(files: Record<string, string>) {
  const repository = scratchRepository();
  for (const [path, content] of Object.entries(files)) await writeFile(join(repository.path, path), content);
  repository.git('add', '--all');
  repository.git('commit', '--quiet', '-m', 'Files');
  return { path: repository.path, head: repository.git('rev-parse', 'HEAD').trim() };
}

test('R-PIPE-4: definitions are found in many languages, and calls are not', async () => {
  const { path, head } = await committed({
    'a.ts': 'export async function total(x) {}\n',
    'b.py': 'def total(x):\n    return x\n',
    'c.go': 'func (c *Cart) total(x int) int {\n',
    'd.rs': 'pub fn total(x: u8) -> u8 {\n',
    'e.java': '  private static int total(int x) {\n',
    'f.js': 'const total = (x) => x;\n',
    'g.js': 'module.exports = {\n  total: function (x) {},\n};\n',
    'h.js': 'class Cart {\n  async total(x) {\n  }\n}\n',
    'i.c': 'int total(int x)\n{\n}\n',
    'used.ts': 'log(total(1));\n',
    'other.ts': 'function subtotal(x) {}\nfunction total2(x) {}\n',
    'min.min.js': 'function total(){}\n',
  });
  const { defined, mentioned } = await findSymbols(path, head, {
    names: ['total', 'nothing'],
    sought: ['total'],
  });
  expect([...defined.keys()].sort()).toEqual([
    'a.ts',
    'b.py',
    'c.go',
    'd.rs',
    'e.java',
    'f.js',
    'g.js',
    'h.js',
    'i.c',
  ]);
  expect(defined.get('a.ts')).toEqual(new Set(['total']));
  expect(mentioned.has('used.ts')).toBe(true);
  expect(mentioned.has('other.ts')).toBe(false);
});

test('R-PIPE-4: without a name or a match, nothing is found and nothing fails', async () => {
  const { path, head } = await committed({ 'a.ts': 'x\n' });
  for (const names of [[], ['nowhere']]) {
    const { defined, mentioned } = await findSymbols(path, head, { names, sought: names });
    expect([defined.size, mentioned.has('a.ts')]).toEqual([0, false]);
  }
});
