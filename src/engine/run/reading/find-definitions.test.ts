import { expect, test } from 'vitest';
import { findDefinitions } from './find-definitions.ts';

test.each<[path: string, text: string, names: string[]]>([
  [
    'a.ts',
    'export async function load() {}\nexport const limit = 3;\nabstract class Cart<T> {\n  private async total(x: number): Promise<void> {\n    if (x) {\n    return sum(x);\n  }\n}\nexport type Id = string;\n',
    ['load', 'limit', 'Cart', 'total', 'Id'],
  ],
  ['b.js', 'exports.total = 1;\nCart.prototype.add = function () {};\nlog(total(1));\n', ['total', 'add']],
  [
    'c.py',
    'class Cart(Base):\n    async def total(self):\n        return x == 1\nLIMIT = 3\n',
    ['Cart', 'total', 'LIMIT'],
  ],
  [
    'd.go',
    'func (c *Cart) Total(x int) int {\nfunc New() Cart {\ntype Cart struct {\n\tc.Total(1)\n',
    ['Total', 'New', 'Cart'],
  ],
  [
    'e.rs',
    'pub(crate) async fn total(x: u8) {\npub struct Cart;\nmacro_rules! sum {\nlet x = total(1);\n',
    ['total', 'Cart', 'sum'],
  ],
  [
    'F.java',
    'public final class Cart {\n  private static int total(int x) {\n    return sum(x);\n    new Cart(1);\n  }\n}\n',
    ['Cart', 'total'],
  ],
  ['G.cs', 'internal sealed class Cart {\n  public async Task<int> Total(int x) {\n', ['Cart', 'Total']],
  ['h.kt', 'data class Cart(val x: Int)\nsuspend fun total(x: Int) = 1\n', ['Cart', 'total']],
  [
    'i.c',
    '#define LIMIT 3\nstatic int total(int x)\n{\n  return sum(x);\n}\nstruct cart {\n',
    ['LIMIT', 'total', 'cart'],
  ],
  ['j.cpp', 'int Cart::total(int x) {\nclass Cart final : Base {\n', ['total', 'Cart']],
  ['k.rb', 'class Cart\n  def self.total(x)\n  def empty?\n', ['Cart', 'total', 'empty']],
  [
    'l.php',
    'final class Cart {\n  public static function total($x) {\n  const LIMIT = 3;\n',
    ['Cart', 'total', 'LIMIT'],
  ],
  ['m.sh', 'function total() {\nbuild() {\n', ['total', 'build']],
  ['n.sql', 'create table if not exists carts (\nCREATE INDEX carts_by_id\n', ['carts', 'carts_by_id']],
  ['o.ex', 'defmodule Cart do\n  def total(x) do\n', ['Cart', 'total']],
  ['p.txt', 'function total() {}\n', []],
])('R-SPEC-4: definitions in %s, and nothing that is only used', (path, text, names) => {
  expect(findDefinitions(path, text).map(({ name }) => name)).toEqual(names);
});

test('R-SPEC-4: each definition has its line', () => {
  expect(findDefinitions('a.py', '\n\ndef total():\r\n    pass\ndef other(): pass')).toEqual([
    { name: 'total', line: 2 },
    { name: 'other', line: 4 },
  ]);
});

test('R-SPEC-4: lines that are made to be slow to read are read in time, and a table has its first entries', () => {
  const hard = [
    `  f(${'{ '.repeat(190)}`,
    `int ${'a *'.repeat(130)}`,
    `${'public '.repeat(55)}`,
    `${'a '.repeat(199)}`,
    `export const x = (${'('.repeat(300)}`,
  ];
  const text = Array.from({ length: 2_000 }, () => hard.join('\n')).join('\n');
  const from = process.cpuUsage();
  for (const end of ['ts', 'java', 'cpp', 'kt', 'php']) findDefinitions(`a.${end}`, text);
  // CPU time, in microseconds.
  expect(process.cpuUsage(from).user).toBeLessThan(10_000_000);
  const table = Array.from({ length: 3_000 }, (_, index) => `const c${index} = 1;`).join('\n');
  expect(findDefinitions('a.ts', table)).toHaveLength(1_000);
});

test('fear: a line of stars in a repository keeps the process from everything else for minutes', () => {
  const text = Array.from({ length: 20 }, () => `int ${'*'.repeat(395)}`).join('\n');
  const from = process.cpuUsage();
  for (const end of ['java', 'cs', 'groovy', 'cpp']) findDefinitions(`a.${end}`, text);
  expect(process.cpuUsage(from).user).toBeLessThan(3_000_000);
  const pointers = 'int *one(int x)\nint* two(int x)\nint**four(int x)\nList<int> &five(int x)\n';
  expect(findDefinitions('a.cs', pointers).map(({ name }) => name)).toEqual(['one', 'two', 'four', 'five']);
});
