import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkKinds } from '../domain/work-order/check.ts';
import { checksOfStranger, findChecks } from './find-checks.ts';
import type { ProjectFiles } from './project-files.ts';

/** A project made of texts; a path with a trailing slash is an empty folder. */
function project(contents: Record<string, string>): ProjectFiles {
  const paths = Object.keys(contents);
  return {
    read: (path) => contents[path] ?? null,
    list(folder) {
      const prefix = folder === '' ? '' : `${folder}/`;
      const inside = paths.filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length));
      return [...new Set(inside.map((path) => path.split('/')[0] ?? ''))].filter((name) => name !== '');
    },
  };
}

function manifest(fields: Record<string, unknown>): string {
  return JSON.stringify({ name: 'example', ...fields });
}

function found(contents: Record<string, string>): string[] {
  return findChecks(project(contents)).map(({ kind, command }) => `${kind}: ${command}`);
}

test('R-PIPE-6: an npm project provides its scripts as checks, causes before symptoms', () => {
  const scripts = { lint: 'eslint .', test: 'vitest run', build: 'vite build', 'type-check': 'tsc --noEmit' };
  const checks = findChecks(
    project({
      'package.json': manifest({ scripts, devDependencies: { vitest: '5' } }),
      'package-lock.json': '{}',
    }),
  );
  expect(checks).toEqual([
    { kind: 'setup', command: 'npm ci', source: 'package.json' },
    { kind: 'typecheck', command: 'npm run type-check', source: 'package.json' },
    { kind: 'build', command: 'npm run build', source: 'package.json' },
    { kind: 'test', command: 'npm test', source: 'package.json' },
    { kind: 'lint', command: 'npm run lint', source: 'package.json' },
  ]);
});

test('an empty project has no checks', () => {
  expect(found({})).toEqual([]);
});

test.each([
  ['not JSON', '{"scripts": {"test": '],
  ['not an object', '["test"]'],
  ['scripts that are no strings', manifest({ scripts: { test: { command: 'x' }, lint: 3, build: '' } })],
  ['scripts that are a list', manifest({ scripts: ['test'] })],
])('a package.json that is %s provides no checks, and causes no crash', (_, text) => {
  expect(found({ 'package.json': text })).toEqual([]);
});

test('a byte order mark before the JSON does not hide the scripts', () => {
  expect(found({ 'package.json': `\uFEFF${manifest({ scripts: { test: 'mocha' } })}` })).toEqual([
    'test: npm test',
  ]);
});

test.each(['echo ok', 'true', 'echo none && exit 0', ': ; exit 0', 'jest || true', 'jest; exit 0'])(
  'R-PROJ-6: a script that passes whatever the code says is not a check: %s',
  (test) => {
    expect(found({ 'package.json': manifest({ scripts: { test } }) })).toEqual([]);
  },
);

test('the placeholder that npm init writes does not count as a test', () => {
  const scripts = { test: 'echo "Error: no test specified" && exit 1' };
  expect(found({ 'package.json': manifest({ scripts }) })).toEqual([]);
});

const dependencies = { left: '1' };

test.each([
  ['npm without a lock file', {}, {}, 'npm install --no-save --no-audit --no-fund', 'npm test'],
  ['npm with a shrinkwrap', {}, { 'npm-shrinkwrap.json': '' }, 'npm ci', 'npm test'],
  ['pnpm', {}, { 'pnpm-lock.yaml': '' }, 'pnpm install --frozen-lockfile', 'pnpm run test'],
  ['pnpm unlocked', { packageManager: 'pnpm@10.1.0' }, {}, 'pnpm install --no-lockfile', 'pnpm run test'],
  ['yarn 1', {}, { 'yarn.lock': '# yarn lockfile v1' }, 'yarn install --frozen-lockfile', 'yarn run test'],
  [
    'yarn 4',
    { packageManager: 'yarn@4.5.0' },
    { 'yarn.lock': '' },
    'yarn install --immutable',
    'yarn run test',
  ],
  ['yarn by its file', {}, { 'yarn.lock': '__metadata:\n' }, 'yarn install --immutable', 'yarn run test'],
  [
    'the stated manager over a stray lock file',
    { packageManager: 'yarn@1.22.22' },
    { 'yarn.lock': '', 'package-lock.json': '{}' },
    'yarn install --frozen-lockfile',
    'yarn run test',
  ],
  ['bun', {}, { 'bun.lock': '' }, 'bun install --frozen-lockfile', 'bun run test'],
])('the package manager decides the commands: %s', (_, fields, more, install, run) => {
  const text = manifest({ scripts: { test: 'mocha' }, dependencies, ...fields });
  expect(found({ 'package.json': text, ...more })).toEqual([`setup: ${install}`, `test: ${run}`]);
});

test('dependencies are installed only if there are any, and if they are not installed yet', () => {
  const scripts = { test: 'node --test' };
  expect(found({ 'package.json': manifest({ scripts }) })).toEqual(['test: npm test']);
  const installed = { 'package.json': manifest({ scripts, dependencies }), 'node_modules/left/index.js': '' };
  expect(found(installed)).toEqual(['test: npm test']);
});

test("in a monorepo the root's own scripts come first, and the root installs for all packages", () => {
  const files = {
    'package.json': manifest({ workspaces: ['packages/*'], scripts: { test: 'npm test --workspaces' } }),
    'package-lock.json': '{}',
    'packages/a/package.json': manifest({ scripts: { test: 'node --test', lint: 'eslint .' } }),
  };
  expect(found(files)).toEqual([
    'setup: npm ci',
    'test: npm test',
    'lint: npm run lint --workspaces --if-present',
  ]);
});

test.each([
  // With CI=1, which is set for every check, these three end by themselves, so they run unchanged.
  ['vitest', 'npm test'],
  ['react-scripts test', 'npm test'],
  ['vitest run', 'npm test'],
  ['jest --watch', 'npm test -- --watch=false --watchAll=false'],
  ['eslint . && jest --watchAll', 'npm test -- --watch=false --watchAll=false'],
  ['vitest --watch', 'npm test -- --run'],
  ['jest --watchAll=false', 'npm test'],
  ['npm test -w packages/core', 'npm test'],
])('a test script that watches forever gets an option that makes it end: %s', (script, command) => {
  expect(found({ 'package.json': manifest({ scripts: { test: script } }) })).toEqual([`test: ${command}`]);
});

test('a script that cannot be made to end is replaced by one that ends, or by none', () => {
  const scripts = { test: 'nodemon --exec mocha', 'test:ci': 'mocha', build: 'tsc -w' };
  expect(found({ 'package.json': manifest({ scripts }) })).toEqual(['test: npm run test:ci']);
  expect(found({ 'package.json': manifest({ scripts: { test: 'jest --watch; echo ok' } }) })).toEqual([]);
});

test('tsc runs without a script if the project has it', () => {
  const files = { 'package.json': manifest({ devDependencies: { typescript: '7' } }), 'tsconfig.json': '{}' };
  const installed = { ...files, 'node_modules/': '' };
  expect(found(installed)).toEqual(['typecheck: npx --no-install tsc --noEmit']);
  expect(found({ ...installed, 'package.json': manifest({}) })).toEqual([]);
  expect(found({ ...installed, 'tsconfig.json': '{ "files": [], "references": [] }' })).toEqual([]);
});

test('tsc does not run twice if the build already runs it', () => {
  const scripts = { build: 'tsc --noEmit && vite build' };
  const text = manifest({ scripts, devDependencies: { typescript: '7' } });
  const files = { 'package.json': text, 'tsconfig.json': '{}', 'node_modules/': '' };
  expect(found(files)).toEqual(['build: npm run build']);
});

test.each([
  ['pytest.ini', { 'pytest.ini': '[pytest]' }],
  ['pyproject.toml', { 'pyproject.toml': '[tool.pytest.ini_options]' }],
  ['a development dependency', { 'pyproject.toml': 'dev = ["pytest>=8"]' }],
  ['setup.cfg', { 'setup.cfg': '[tool:pytest]' }],
  ['tox.ini', { 'tox.ini': '[testenv]\ncommands = pytest' }],
  ['a folder of tests', { 'tests/unit/api/test_users.py': '' }],
  ['a test at the root', { 'test_users.py': '' }],
])('a Python project is tested with pytest: %s', (_, files) => {
  expect(found(files)).toEqual(['test: python3 -m pytest']);
});

test('a Python project without tests has no check', () => {
  expect(found({ 'pyproject.toml': '[project]', 'setup.cfg': '[metadata]', 'tests/readme.md': '' })).toEqual(
    [],
  );
});

test('the tool that manages the Python environment runs pytest', () => {
  expect(found({ 'uv.lock': '', 'pytest.ini': '[pytest]' })).toEqual([
    'setup: uv sync --frozen --all-extras',
    'test: uv run --frozen python -m pytest',
  ]);
});

test.each([
  [
    'go',
    { 'go.mod': '' },
    ['build: go build -o /dev/null ./...', 'test: go test ./...', 'lint: go vet ./...'],
  ],
  ['cargo', { 'Cargo.toml': '' }, ['typecheck: cargo check', 'test: cargo test']],
  [
    'cargo with clippy',
    { 'Cargo.toml': '[lints.clippy]\nall = "deny"' },
    ['typecheck: cargo check', 'test: cargo test', 'lint: cargo clippy'],
  ],
  ['Maven', { 'pom.xml': '', mvnw: '' }, ['build: sh ./mvnw -B -q test-compile', 'test: sh ./mvnw -B test']],
  ['Gradle', { 'build.gradle.kts': '' }, ['test: gradle test --console=plain']],
  ['.NET', { 'App.sln': '' }, ['build: dotnet build', 'test: dotnet test']],
  ['two solutions, which are ambiguous', { 'A.sln': '', 'B.sln': '' }, []],
  [
    'Ruby',
    { Gemfile: '', 'spec/a_spec.rb': '' },
    ['setup: bundle check || bundle install', 'test: bundle exec rspec'],
  ],
  ['PHP', { 'phpunit.xml': '', 'vendor/': '' }, ['test: vendor/bin/phpunit']],
])('common ecosystems are recognised by their files: %s', (_, files, expected) => {
  expect(found(files as Record<string, string>)).toEqual(expected);
});

test('the targets of a Makefile are checks', () => {
  const makefile = '.PHONY: test lint\nCC := gcc\ntest: build\n\t@./run-tests.sh\nlint:\n\tshellcheck *.sh\n';
  expect(found({ Makefile: makefile })).toEqual(['test: make test', 'lint: make lint']);
});

test('a target that does nothing is not a check', () => {
  expect(found({ Makefile: 'test:\ncheck:\n\t@echo "nothing to do"\nlint = 3\n' })).toEqual([]);
});

test('make test that only calls npm test is not a second check', () => {
  const text = manifest({ scripts: { test: 'mocha', lint: 'eslint .' } });
  const makefile = 'test:\n\t@echo testing\n\t@npm run test\nlint:\n\tnpx eslint .\ncheck: test lint\n';
  expect(found({ 'package.json': text, Makefile: makefile })).toEqual([
    'test: npm test',
    'lint: npm run lint',
  ]);
});

test('npm test that only calls make test is not a second check', () => {
  const text = manifest({ scripts: { test: 'make test' } });
  expect(found({ 'package.json': text, Makefile: 'test:\n\t./run-tests.sh\n' })).toEqual(['test: npm test']);
});

test("a project's own command takes precedence over the default of its ecosystem", () => {
  expect(found({ 'go.mod': '', Makefile: 'test:\n\tgo test -race ./...\n' })).toEqual([
    'build: go build -o /dev/null ./...',
    'test: make test',
    'lint: go vet ./...',
  ]);
});

test('a Makefile whose targets call each other in a cycle is still read to its end', () => {
  expect(found({ Makefile: 'test: a\na: b\nb: a test\n\t$(MAKE) test\n\t./x\n' })).toEqual([
    'test: make test',
  ]);
});

test.each([
  ['one long line', `a${' '.repeat(900_000)}`],
  ['targets that all need each other', manyTargets(300)],
  ['many names in many rules', `${'a '.repeat(100_000)}: b\n${'\tx\n'.repeat(20_000)}`],
])('a hostile Makefile does not delay the search: %s', (_, makefile) => {
  const startedAtMs = performance.now();
  found({ Makefile: `${makefile}\ntest:\n\t./x\n` });
  expect(performance.now() - startedAtMs).toBeLessThan(2_000);
});

function manyTargets(count: number): string {
  const names = Array.from({ length: count }, (_, index) => `t${index}`).join(' ');
  return `test: ${names}\n${names.replaceAll(' ', `: ${names}\n`)}: ${names}`;
}

test('property: whatever the files contain, the checks are ordered, distinct and never empty', () => {
  const paths = [
    'package.json',
    'Makefile',
    'go.mod',
    'Cargo.toml',
    'pyproject.toml',
    'tsconfig.json',
    'pnpm-lock.yaml',
  ];
  const script = fc.constantFrom(
    'vitest',
    'make test',
    'npm test',
    'jest --watch',
    'tsc --noEmit',
    'npm run lint',
    '',
  );
  const text = fc.oneof(
    fc.string(),
    fc
      .dictionary(fc.constantFrom('test', 'lint', 'build', 'tsc'), script)
      .map((scripts) => manifest({ scripts })),
    script.map((command) => `test: lint\n\t${command}\nlint:\n\t${command}\n`),
  );
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...paths), text), (contents) => {
      const checks = findChecks(project(contents));
      const kinds = checks.map((each) => checkKinds.indexOf(each.kind));
      expect(kinds).toEqual([...kinds].sort((a, b) => a - b));
      expect(new Set(checks.map((each) => each.command)).size).toBe(checks.length);
      expect(checks.every((each) => each.command.trim() !== '' && each.source !== '')).toBe(true);
    }),
  );
});

test('R-PIPE-6: the checks of a folder whose name begins with a hyphen can run', () => {
  const scripts = { test: 'vitest run' };
  expect(found({ '-app/package.json': manifest({ scripts }) })).toEqual(['test: (cd ./-app && npm test)']);
});

test('R-PART-1: a Python project without a lock gets an environment with the groups and extras of its tests', () => {
  const pyproject = `[project]\nname = "x"\noptional-dependencies.tests = ["pytest"]\n\n[dependency-groups]\ntest = ["hypothesis"]\ndocs = ["sphinx"]\n\n[tool.pytest.ini_options]\n`;
  const files = project({ 'pyproject.toml': pyproject, 'tests/test_a.py': '' });
  expect(checksOfStranger(files).map(({ command }) => command)).toEqual([
    'python3 -m venv .venv && .venv/bin/python -m pip install --upgrade pip && .venv/bin/python -m pip install -e .[tests] --group test pytest',
    '. .venv/bin/activate && python -m pytest',
  ]);
  expect(findChecks(files).map(({ command }) => command)).toEqual(['python3 -m pytest']);
});
