import { expect, test } from 'vitest';
import type { ChangedFile } from '../changed-file.ts';
import {
  comparable,
  type LikelyKind,
  likelyConflicts,
  type Surroundings,
  surroundings,
} from './likely-conflicts.ts';

type Texts = readonly [path: string, before: string | null, after: string | null, oldPath?: string];

const change = (...files: readonly Texts[]) =>
  comparable(
    files.map(
      ([path, before, after, oldPath = null]): ChangedFile => ({
        path,
        oldPath,
        status: before === null ? 'added' : after === null ? 'deleted' : 'changed',
        before,
        after,
      }),
    ),
  );
const kindsOf = (one: readonly Texts[], other: readonly Texts[], around?: Surroundings): LikelyKind[] => {
  const [a, b] = [change(...one), change(...other)];
  const kinds = likelyConflicts(a, b, around).map(({ kind }) => kind);
  // It does not matter which of them is first.
  expect(
    likelyConflicts(b, a, around)
      .map(({ kind }) => kind)
      .sort(),
  ).toEqual(kinds.toSorted());
  return kinds;
};

const likely: ReadonlyArray<readonly [string, LikelyKind, readonly Texts[], readonly Texts[]]> = [
  ['the same file', 'same file', [['a.ts', 'x', 'y']], [['a.ts', 'x', 'z']]],
  [
    'a rename and a use',
    'name',
    [['cart.ts', 'export function total() {}\n', 'export function sum() {}\n']],
    [['pay.ts', null, 'total();\n']],
  ],
  [
    'a signature and a caller',
    'name',
    [['cart.py', 'def total(a, b):\n    return a\n', 'def total(a, b, rate):\n    return a\n']],
    [['pay.py', null, 'print(total(1, 2))\n']],
  ],
  [
    'a body and a caller',
    'name',
    [['cart.go', 'func Total(a int) int {\n\treturn a\n}\n', 'func Total(a int) int {\n\treturn a * 2\n}\n']],
    [['pay.go', 'package shop\n', 'package shop\nvar x = Total(1)\n']],
  ],
  [
    'a default and a caller',
    'name',
    [['net.ts', 'export const retries = 3;\n', 'export const retries = 0;\n']],
    [['get.ts', null, 'attempt(retries);\n']],
  ],
  [
    'a column that a migration renames and a query',
    'name',
    [['db/0002.sql', null, 'alter table users rename column mail to email;\n']],
    [['users.ts', null, 'run(`select mail from users`);\n']],
  ],
  [
    'two migrations with one number',
    'number',
    [['db/0007-a.sql', null, 'a']],
    [['db/0007-b.sql', null, 'b']],
  ],
  [
    'a key that is removed and used',
    'name',
    [['en.json', '{\n  "cart.title": "Cart",\n  "x": 1\n}', '{\n  "x": 1\n}']],
    [['page.ts', null, "say(t('cart.title'));\n"]],
  ],
  [
    'a new case and an exhaustive match',
    'name',
    [
      [
        'shape.ts',
        "export type Shape =\n  | 'circle'\n  | 'square';\n",
        "export type Shape =\n  | 'circle'\n  | 'square'\n  | 'hexagon';\n",
      ],
    ],
    [['area.ts', null, "switch (kind) {\n  case 'circle': break;\n  case 'square': break;\n}\n"]],
  ],
  [
    "an interface's method and an implementer",
    'name',
    [
      [
        'store.ts',
        'export interface Store {\n  get(): void;\n}\n',
        'export interface Store {\n  get(): void;\n  close(): void;\n}\n',
      ],
    ],
    [['memory.ts', null, 'export class Memory implements Store { get() {} }\n']],
  ],
  ['a lint rule and a new file', 'rule', [['eslint.config.js', 'a', 'b']], [['src/new.ts', null, 'x']]],
  [
    'a test that reads every file and a new file',
    'rule',
    [['test/all.test.ts', null, "for (const file of readdirSync('src')) check(file);\n"]],
    [['src/new.ts', null, 'x']],
  ],
  [
    'a symbol that both define',
    'defined twice',
    [['a.go', null, 'func Round(x int) int { return x }\n']],
    [['b.go', null, 'func Round(y int) int { return y }\n']],
  ],
  [
    'a moved file and its importer',
    'moved',
    [['lib/money.ts', 'x', 'x', 'src/money.ts']],
    [['src/pay.ts', null, "import { usd } from './money.ts';\n"]],
  ],
  [
    'a deleted file and what names it',
    'moved',
    [['assets/logo.svg', 'x', null]],
    [['page.ts', null, "show('assets/logo.svg');\n"]],
  ],
  [
    'a changed module and a file that loads it',
    'import',
    [['src/tax.js', 'a();\n', 'b();\n']],
    [['src/pay.js', "import './tax.js';\nold();\n", "import './tax.js';\nfresh();\n"]],
  ],
];

for (const [name, kind, one, other] of likely)
  test(`R-GREEN-11: ${name} may be red together`, () => expect(kindsOf(one, other)).toContain(kind));

test('R-GREEN-11: files in a folder that a check reads may exceed its limit together', () => {
  const around = surroundings(new Set(), [
    "test('few', () => assert(readdirSync('src/commands').length < 9));",
  ]);
  const [one, other]: Texts[][] = [[['src/commands/a.js', null, 'a']], [['src/commands/b.js', null, 'b']]];
  expect(kindsOf(one ?? [], other ?? [], around)).toEqual(['limit']);
  expect(kindsOf(one ?? [], other ?? [])).toEqual([]);
});

test('R-GREEN-11: a script that a check reaches holds for every new file', () => {
  const around = surroundings(new Set(['ci/names.sh']), []);
  expect(kindsOf([['ci/names.sh', 'a', 'b']], [['src/a.js', null, 'a']], around)).toEqual(['rule']);
});

test('R-GREEN-11: what has nothing in common is not likely', () => {
  const one: Texts[] = [
    [
      'src/cart.ts',
      'export function total(a: number) {\n  return a;\n}\n',
      'export function total(a: number) {\n  return a + 1;\n}\n',
    ],
    ['docs/0002-cart.md', null, '# Cart\n'],
  ];
  const other: Texts[] = [
    ['src/users.ts', null, 'export function greet(user: User): string {\n  return user.name;\n}\n'],
    ['docs/0003-users.md', null, '# Users\n'],
  ];
  expect(kindsOf(one, other)).toEqual([]);
});
