import { expect, test } from 'vitest';
import type { ChangedFile } from '../changed-file.ts';
import { ChangeSorter } from './sort-change.ts';

const shop = {
  'package.json':
    '{"main":"src/index.js","scripts":{"test":"node --test","lint":"node tools/lint.js --rules lint.json"}}',
  'src/index.js': "export * from './cart.js';\n",
  'src/cart.js':
    "import { readFileSync } from 'node:fs';\nexport const zones = readFileSync('zones.json');\n",
  'src/zones.json': '{}',
  'qa/cart.js':
    "import { test } from 'node:test';\nimport { same } from './same.js';\nimport { zones } from '../src/cart.js';\ntest('zones', () => same(zones, 1));\n",
  'qa/other.js': "import { test } from 'node:test';\ntest('other', () => {});\n",
  'qa/same.js': 'export function same(a, b) { if (a !== b) throw new Error("off"); }\n',
  'qa/expected/day.csv': 'a,b\n',
  'tools/lint.js': "import { readFileSync } from 'node:fs';\nprocess.exit(0);\n",
  'lint.json': '{"rules":{}}',
  'README.md': '# Shop\n',
} as Record<string, string>;

async function sorted(
  changes: Record<string, string | null>,
  base = shop,
  commands = ['npm test', 'npm run lint'],
) {
  const files = Object.entries(changes).map(([path, after]): ChangedFile => {
    const before = base[path] ?? null;
    return {
      path,
      oldPath: null,
      status: before === null ? 'added' : after === null ? 'deleted' : 'changed',
      before,
      after,
    };
  });
  const ground = {
    files,
    base: new Map(Object.entries(base)),
    basePaths: new Set(Object.keys(base)),
    commands,
  };
  const all = await new ChangeSorter(ground, new Set()).sort();
  return Object.fromEntries(
    all.map(({ file, part, role }) => [file.path, part === 'evidence' ? role : part]),
  );
}

const changed = (...paths: string[]) =>
  Object.fromEntries(paths.map((path) => [path, `${shop[path] ?? ''}\n`]));

test('R-GREEN-2: product is what the product imports or tests test, wherever the tests lie and whatever they are called', async () => {
  expect(await sorted(changed(...Object.keys(shop)))).toEqual({
    'package.json': 'mixed',
    'src/index.js': 'product',
    'src/cart.js': 'product',
    'src/zones.json': 'product',
    'qa/cart.js': 'test',
    'qa/other.js': 'test',
    'qa/same.js': 'helper',
    'qa/expected/day.csv': 'fixture',
    'tools/lint.js': 'configuration',
    'lint.json': 'configuration',
    'README.md': 'neutral',
  });
});

test('R-GREEN-2: a new file is product only if the product uses it, and no new name of a setting needs a rule', async () => {
  expect(
    await sorted({
      'src/index.js': "export * from './cart.js';\nexport * from './tax.js';\n",
      'src/tax.js': 'export const tax = 1;\n',
      'src/alone.js': 'globalThis.x = 1;\n',
      '.newtool.rc': 'skip: all\n',
      'some-runner.config.mjs': 'export default {};\n',
      'package-lock.json': '{}',
      '.github/workflows/ci.yml': 'on: push\n',
    }),
  ).toEqual({
    'src/index.js': 'product',
    'src/tax.js': 'product',
    'src/alone.js': 'unknown',
    '.newtool.rc': 'configuration',
    'some-runner.config.mjs': 'configuration',
    'package-lock.json': 'lock',
    '.github/workflows/ci.yml': 'ci',
  });
});

test('R-GREEN-2: what Python would find in place of its runner is no product', async () => {
  const base = {
    'shop/cart.py': 'def total(items):\n    return sum(items)\n',
    'test_cart.py':
      'import pytest\nfrom shop.cart import total\n\ndef test_total():\n    assert total([1]) == 1\n',
  };
  const change = {
    'shop/cart.py': 'import pytest\ndef total(items):\n    return 1\n',
    'pytest.py': 'def main():\n    return 0\n',
    'conftest.py': 'def pytest_collection_modifyitems(items):\n    items[:] = []\n',
    'sitecustomize.py': 'import os\n',
  };
  expect(await sorted(change, base, ['python3 -m pytest'])).toEqual({
    'shop/cart.py': 'product',
    'pytest.py': 'unknown',
    'conftest.py': 'configuration',
    'sitecustomize.py': 'configuration',
  });
});

test('R-GREEN-2: tests in a source of the product make it mixed', async () => {
  const base = {
    'Cargo.toml': '[package]\nname = "a"\n',
    'src/lib.rs': 'mod sum;\npub use sum::add;\n',
    'src/sum.rs':
      'pub fn add(a: u8, b: u8) -> u8 { a + b }\n#[cfg(test)]\nmod tests {\n    #[test]\n    fn adds() { assert_eq!(super::add(1, 2), 3); }\n}\n',
    'tests/all.rs': '#[test]\nfn all() { assert_eq!(a::add(1, 2), 3); }\n',
  };
  const change = {
    'src/sum.rs': `${base['src/sum.rs']}// more\n`,
    'tests/all.rs': `${base['tests/all.rs']}\n`,
    'Cargo.toml': '[package]\nname = "b"\n',
  };
  expect(await sorted(change, base, ['cargo test'])).toEqual({
    'src/sum.rs': 'mixed',
    'tests/all.rs': 'test',
    'Cargo.toml': 'mixed',
  });
});

test('R-GREEN-2: packages of Go and classes of Java need no import among themselves', async () => {
  const go = {
    'go.mod': 'module example.com/a\n',
    'cart/cart.go': 'package cart\nfunc Total() int { return tax() }\n',
    'cart/tax.go': 'package cart\nfunc tax() int { return 1 }\n',
    'cart/cart_test.go':
      'package cart\nimport "testing"\nfunc TestTotal(t *testing.T) { if Total() != 1 { t.Error("off") } }\n',
  };
  expect(
    await sorted(
      { 'cart/tax.go': `${go['cart/tax.go']}\n`, 'cart/cart_test.go': `${go['cart/cart_test.go']}\n` },
      go,
      ['go test ./...'],
    ),
  ).toEqual({
    'cart/tax.go': 'product',
    'cart/cart_test.go': 'test',
  });
  const java = {
    'src/a/Cart.java': 'package a;\npublic class Cart { int total() { return new Tax().of(1); } }\n',
    'src/a/Tax.java': 'package a;\nclass Tax { int of(int n) { return n; } }\n',
    'tests/a/CartTest.java':
      'package a;\nclass CartTest { void total() { assert new Cart().total() == 1; } }\n',
  };
  expect(
    await sorted(
      {
        'src/a/Tax.java': `${java['src/a/Tax.java']}\n`,
        'tests/a/CartTest.java': `${java['tests/a/CartTest.java']}\n`,
      },
      java,
      ['sh run-tests.sh'],
    ),
  ).toEqual({
    'src/a/Tax.java': 'product',
    'tests/a/CartTest.java': 'helper',
  });
});

test('R-GREEN-2: what serves tests and has none is a helper, also if it uses their tool', async () => {
  const base = {
    'shop/cart.py': 'def total(items):\n    return sum(items)\n',
    'tests/support.py':
      'import unittest\n\nclass ShopCase(unittest.TestCase):\n    def same(self, a, b):\n        self.assertEqual(a, b)\n',
    'tests/test_cart.py':
      'from support import ShopCase\n\nclass CartTest(ShopCase):\n    def test_total(self):\n        self.same(1, 1)\n',
  } as Record<string, string>;
  const change = Object.fromEntries(Object.entries(base).map(([path, text]) => [path, `${text}\n`]));
  expect(await sorted(change, base, ['python3 -m unittest'])).toMatchObject({
    'tests/support.py': 'helper',
    'tests/test_cart.py': 'test',
  });
});
