import { expect, test } from 'vitest';
import { committedFiles } from './committed-files.ts';
import { findChecks } from './find-checks.ts';
import { pathsToRead } from './nested-projects.ts';
import { proposeProject } from './propose-project.ts';

function filesOf(contents: Record<string, string>) {
  return committedFiles(Object.keys(contents), new Map(Object.entries(contents)));
}

const found = (contents: Record<string, string>) =>
  proposeProject(filesOf(contents)).map(({ kind, command }) => `${kind}: ${command}`);

const manifest = (fields: Record<string, unknown>) => JSON.stringify({ name: 'example', ...fields });
const scripts = { test: 'vitest run', lint: 'eslint .' };
const workflow = (...runs: string[]) =>
  `on: push\njobs:\n  ci:\n    steps:\n${runs.map((run) => `      - run: ${run}\n`).join('')}`;

test.each<[string, Record<string, string>, string[]]>([
  ['nothing', {}, []],
  [
    'npm with a lock file',
    { 'package.json': manifest({ scripts, dependencies: { a: '1' } }), 'package-lock.json': '{}' },
    ['setup: npm ci', 'test: npm test', 'lint: npm run lint'],
  ],
  [
    'Python with requirements',
    { 'requirements.txt': '', 'requirements-dev.txt': '', 'tests/test_a.py': '' },
    [
      'setup: python3 -m venv .venv && .venv/bin/python -m pip install -r requirements-dev.txt -r requirements.txt pytest',
      'test: . .venv/bin/activate && python -m pytest',
    ],
  ],
  [
    'pages about the project that no check builds',
    { 'requirements.txt': '', 'tests/test_a.py': '', 'docs/requirements.txt': '', 'docs/conf.py': '' },
    [
      'setup: python3 -m venv .venv && .venv/bin/python -m pip install -r requirements.txt pytest',
      'test: . .venv/bin/activate && python -m pytest',
    ],
  ],
  [
    'pages about the project that a check builds',
    {
      'docs/package.json': manifest({ scripts: { test: 'vitest run' }, dependencies: { a: '1' } }),
      'docs/package-lock.json': '{}',
    },
    ['setup: (cd docs && npm ci)', 'test: (cd docs && npm test)'],
  ],
  [
    'a Python package with extras',
    {
      'pyproject.toml':
        '[project]\nname = "x"\n[project.optional-dependencies]\ndev = ["pytest"]\n[tool.pytest.ini_options]\n[tool.ruff]\n',
    },
    [
      'setup: python3 -m venv .venv && .venv/bin/python -m pip install -e .[dev] pytest',
      'test: . .venv/bin/activate && python -m pytest',
      'lint: ruff check .',
    ],
  ],
  [
    'uv with mypy and Ruff',
    { 'uv.lock': '', 'pyproject.toml': '[tool.pytest.ini_options]\n[tool.mypy]\n[tool.ruff]\n' },
    [
      'setup: uv sync --frozen --all-extras',
      'typecheck: uv run --frozen mypy .',
      'test: uv run --frozen python -m pytest',
      'lint: uv run --frozen ruff check .',
    ],
  ],
  [
    'Poetry',
    { 'poetry.lock': '', 'pyproject.toml': '[tool.pytest.ini_options]' },
    ['setup: poetry install --no-interaction', 'test: poetry run python -m pytest'],
  ],
  [
    'Go',
    { 'go.mod': '', 'go.sum': '', '.golangci.yml': '' },
    [
      'setup: go mod download',
      'build: go build -o /dev/null ./...',
      'test: go test ./...',
      'lint: go vet ./...',
      'lint: golangci-lint run',
    ],
  ],
  [
    'Cargo',
    { 'Cargo.toml': '', 'Cargo.lock': '', 'rustfmt.toml': '' },
    ['setup: cargo fetch --locked', 'typecheck: cargo check', 'test: cargo test', 'lint: cargo fmt --check'],
  ],
  [
    'Maven',
    { 'pom.xml': '' },
    [
      'setup: mvn -B -q test -Dmaven.test.failure.ignore=true',
      'build: mvn -B -q test-compile',
      'test: mvn -B test',
    ],
  ],
  ['.NET without a solution', { 'App.csproj': '' }, ['build: dotnet build', 'test: dotnet test']],
  [
    'Gradle of several projects',
    { 'settings.gradle.kts': '', gradlew: '' },
    ['test: sh ./gradlew test --console=plain'],
  ],
  [
    'Composer scripts',
    { 'composer.json': '{"scripts": {"test": "phpunit", "lint": ["phpcs"]}}', 'composer.lock': '{}' },
    [
      'setup: composer install --no-interaction',
      'test: composer run-script test',
      'lint: composer run-script lint',
    ],
  ],
  [
    'Ruby with rake',
    { Gemfile: '', Rakefile: '' },
    ['setup: bundle check || bundle install', 'test: bundle exec rake test'],
  ],
  [
    'Deno',
    { 'deno.json': '{"tasks": {"test": "deno test -A"}}', 'deno.lock': '' },
    ['setup: deno install --frozen', 'typecheck: deno check .', 'test: deno task test', 'lint: deno lint'],
  ],
  [
    'just',
    { justfile: 'set shell := ["bash"]\n\ntest filter="":\n  pytest\n@lint:\n  ruff\ndeploy env:\n  x\n' },
    ['test: just test', 'lint: just lint'],
  ],
  [
    'Task',
    { 'Taskfile.yml': 'version: "3"\ntasks:\n  build: go build\n  test: { cmds: [go test] }\n' },
    ['build: task build', 'test: task test'],
  ],
  ['Make', { Makefile: 'test:\n\t./run\nlint:\n\tshellcheck x\n' }, ['test: make test', 'lint: make lint']],
  ['Bazel', { 'MODULE.bazel': '' }, ['build: bazel build //...', 'test: bazel test //...']],
  ['pre-commit', { '.pre-commit-config.yaml': '' }, ['lint: pre-commit run --all-files']],
  ['Elixir', { 'mix.exs': '', 'mix.lock': '' }, ['setup: mix deps.get --check-locked', 'test: mix test']],
])('R-PROJ-2: what is proposed for %s', (_, contents, expected) => {
  expect(found(contents)).toEqual(expected);
});

test('R-PROJ-2: what CI runs goes before a default, and is not proposed a second time', () => {
  const files = {
    'go.mod': '',
    'package.json': manifest({ scripts }),
    '.github/workflows/ci.yml': workflow(
      'npm run test -- --coverage',
      'go test -race ./...',
      'npx prettier --check .',
    ),
  };
  expect(found(files)).toEqual([
    'build: go build -o /dev/null ./...',
    'test: npm test',
    'test: go test -race ./...',
    'lint: npm run lint',
    'lint: npx prettier --check .',
    'lint: go vet ./...',
  ]);
  const test = proposeProject(filesOf(files)).find(({ command }) => command === 'npm test');
  expect(test).toMatchObject({
    isCertain: true,
    source: 'package.json',
    ranInCi: '.github/workflows/ci.yml',
    why: 'from package.json; .github/workflows/ci.yml runs it too',
  });
});

test('R-PROJ-2: a setup names the files that its result depends on', () => {
  const [setup] = proposeProject(
    filesOf({
      'package.json': manifest({ dependencies: { a: '1' } }),
      'pnpm-lock.yaml': '',
      '.npmrc': '',
      'README.md': '',
    }),
  );
  expect(setup).toMatchObject({
    command: 'pnpm install --frozen-lockfile',
    dependsOn: ['pnpm-lock.yaml', 'package.json', '.npmrc'],
  });
});

const monorepo = {
  'README.md': '',
  'backend/go.mod': '',
  'frontend/package.json': manifest({ scripts, dependencies: { a: '1' } }),
  'frontend/package-lock.json': '{}',
  'tools/node_modules/a/package.json': manifest({ scripts }),
  'backend/testdata/module/go.mod': '',
  'examples/demo/package.json': manifest({ scripts }),
};

test('R-PROJ-2: projects below the root are found, and their commands run in their folder', () => {
  expect(found(monorepo)).toEqual([
    'setup: (cd frontend && npm ci)',
    'build: (cd backend && go build -o /dev/null ./...)',
    'test: (cd backend && go test ./...)',
    'test: (cd frontend && npm test)',
    'lint: (cd backend && go vet ./...)',
    'lint: (cd frontend && npm run lint)',
  ]);
});

test('R-PIPE-6: where the root has no check, those of its folders judge the change; where it has one, it is enough', () => {
  const commands = (contents: Record<string, string>) =>
    findChecks(filesOf(contents)).map(({ kind, command }) => `${kind}: ${command}`);
  expect(commands(monorepo)).toEqual(found(monorepo));
  expect(commands({ ...monorepo, Makefile: 'test:\n\t./all\n' })).toEqual(['test: make test']);
});

test('a workspace is built from its root only', () => {
  expect(
    found({
      'Cargo.toml': '[workspace]\nmembers = ["a"]',
      'a/Cargo.toml': '',
      'pom.xml': '',
      'b/pom.xml': '',
      'package.json': manifest({ workspaces: ['c'], scripts }),
      'c/package.json': manifest({ scripts }),
    }).filter((command) => command.includes('cd ')),
  ).toEqual([]);
});

test('fear: a folder with a strange name becomes part of the shell', () => {
  expect(found({ 'a; rm -rf ~/go.mod': '' })).toContain("test: (cd 'a; rm -rf ~' && go test ./...)");
});

test('fear: thousands of folders hold the search up, or fill the list', () => {
  const contents: Record<string, string> = {};
  for (let number = 0; number < 3_000; number++)
    contents[`services/s${number}/package.json`] = manifest({ scripts });
  const startedAtMs = performance.now();
  expect(found(contents).length).toBeLessThanOrEqual(40);
  expect(pathsToRead(Object.keys(contents))).toHaveLength(500);
  expect(performance.now() - startedAtMs).toBeLessThan(5_000);
});

test('a script whose name may mean anything is proposed, and not run unasked', () => {
  const files = {
    'package.json': manifest({ scripts: { check: 'biome check .', 'format:check': 'prettier -c .' } }),
  };
  expect(found(files)).toEqual(['lint: npm run check', 'lint: npm run format:check']);
  expect(findChecks(filesOf(files))).toEqual([]);
});

test('fear: a command with a secret is written into the repository', () => {
  const files = {
    '.github/workflows/ci.yml': workflow('npm test', 'DB_PASSWORD=hunter2hunter2XyZ9 npm run lint'),
  };
  expect(found(files)).toEqual(['test: npm test']);
});
