import { expect, test } from 'vitest';
import { judgingKind, reachedFiles } from './judging-files.ts';

test.each([
  ['test/cart.test.js', 'test'],
  ['src/cart.spec.ts', 'test'],
  ['src/__tests__/a.js', 'test'],
  ['src/__snapshots__/a.snap', 'test'],
  ['tests/test_a.py', 'test'],
  ['pkg/cart_test.go', 'test'],
  ['pkg/testdata/a.json', 'test'],
  ['src/test/java/shop/CartTest.java', 'test'],
  ['Shop.Tests/CartTests.cs', 'test'],
  ['spec/cart_spec.rb', 'test'],
  ['conftest.py', 'setup'],
  ['tests/conftest.py', 'setup'],
  ['test/setup.ts', 'setup'],
  ['pytest/__main__.py', 'setup'],
  ['unittest.py', 'setup'],
  ['signal.py', 'setup'],
  ['texts-1.0.dist-info/entry_points.txt', 'setup'],
  ['postcss.config.js', 'configuration'],
  ['shop/signal.py', null],
  ['node_modules/mocha/index.js', 'setup'],
  ['jest.setup.js', 'setup'],
  ['jest.config.js', 'configuration'],
  ['vitest.config.unit.ts', 'configuration'],
  ['.mocharc.yml', 'configuration'],
  ['eslint.config.mjs', 'configuration'],
  ['.eslintignore', 'configuration'],
  ['tsconfig.build.json', 'configuration'],
  ['.npmrc', 'configuration'],
  ['pytest.ini', 'configuration'],
  ['ruff.toml', 'configuration'],
  ['.golangci.yml', 'configuration'],
  ['.cargo/config.toml', 'configuration'],
  ['Makefile', 'configuration'],
  ['build.gradle.kts', 'configuration'],
  ['.github/workflows/ci.yml', 'ci'],
  ['.gitlab-ci.yml', 'ci'],
  ['.gitattributes', 'hiding'],
  ['src/cart.js', null],
  ['src/contest.py', null],
  ['shop/coverage.py', null],
  ['lib/latest.rb', null],
  ['README.md', null],
  ['package.json', null],
  ['src/attestation/sign.ts', null],
])('R-GREEN-2: %s is %s', (path, kind) => {
  expect(judgingKind(path)).toBe(kind);
});

test("R-GREEN-2: what a check's command reaches is followed through scripts, targets, configuration and set-up", () => {
  const files: Record<string, string> = {
    'package.json':
      '{"scripts":{"test":"npm run unit && ./scripts/all.sh","unit":"mocha --require ./hooks/mock-time.js","start":"node server.js"}}',
    'hooks/mock-time.js': "require('./helpers-of-tests.json')",
    'hooks/helpers-of-tests.json': '{}',
    'scripts/all.sh': 'python3 tools/verify.py src/app.py\nnode server.js\n',
    'tools/verify.py': '',
    'src/app.py': '',
    'server.js': '',
    Makefile: 'check: unit\n\tsh ci/unit.sh\nunit:\n\ttrue\nrun:\n\tsh run.sh\n',
    'ci/unit.sh': '',
    'run.sh': '',
  };
  const read = (path: string) => files[path] ?? null;
  expect([...reachedFiles('npm test', read)].sort()).toEqual([
    'hooks/helpers-of-tests.json',
    'hooks/mock-time.js',
    'scripts/all.sh',
    'tools/verify.py',
  ]);
  expect([...reachedFiles('make check', read)]).toEqual(['ci/unit.sh']);
});
