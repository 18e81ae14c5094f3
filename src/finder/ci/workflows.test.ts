import { expect, test } from 'vitest';
import { committedFiles } from '../committed-files.ts';
import { kindOfCommand } from './classify-command.ts';
import { ciCommands } from './workflows.ts';

/** `@{{` stands for the start of an expression. */
function found(workflows: Record<string, string>): string[] {
  const contents = Object.entries(workflows).map(
    ([name, text]) => [`.github/workflows/${name}`, text.replaceAll('@{{', '$' + '{{')] as const,
  );
  const files = committedFiles(
    contents.map(([path]) => path),
    new Map(contents),
  );
  return ciCommands(files).map(({ kind, command, folder }) =>
    folder === '' ? `${kind}: ${command}` : `${kind} in ${folder}: ${command}`,
  );
}

const steps = (...runs: string[]) =>
  `on: [push, pull_request]\njobs:\n  ci:\n    runs-on: ubuntu-latest\n    steps:\n${runs.map((run) => `      - run: ${run}\n`).join('')}`;

test('R-PROJ-2: the commands of a common workflow are found, with their kinds', () => {
  const text = `name: CI
on:
  push:
    branches: [main]
  pull_request:
jobs:
  build:
    runs-on: \${{ matrix.os }}
    strategy:
      matrix: { os: [ubuntu-latest], node: [22, 24] }
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with: { node-version: "\${{ matrix.node }}" }
      - run: npm ci
      - name: Lint and types
        run: |
          # both
          npm run lint
          npx tsc --noEmit && npm run build

          npm test -- \\
            --coverage
      - run: npm run test:\${{ matrix.suite }}
`;
  expect(found({ 'ci.yml': text.replaceAll('\n', '\r\n') })).toEqual([
    'setup: npm ci',
    'lint: npm run lint',
    'typecheck: npx tsc --noEmit',
    'build: npm run build',
    'test: npm test -- --coverage',
  ]);
});

test('commands run in the folder that the workflow, the job, the step or the line names', () => {
  const text = `on: push
defaults: { run: { working-directory: ./server } }
jobs:
  api:
    steps:
      - run: go test ./...
      - run: go vet ./...
        working-directory: tools/
  web:
    defaults: { run: { working-directory: web } }
    steps:
      - run: npm test
      - run: cd packages/a && npm run lint
      - run: cd ../../.. && npm run build
`;
  expect(found({ 'ci.yaml': text })).toEqual([
    'test in server: go test ./...',
    'lint in tools: go vet ./...',
    'test in web: npm test',
    'lint in web/packages/a: npm run lint',
  ]);
});

test.each<[string, string]>([
  [
    'a job with an environment',
    'on: push\njobs:\n  a:\n    environment: production\n    steps: [{ run: npm test }]\n',
  ],
  ['a job called deploy', 'on: push\njobs:\n  deploy:\n    steps: [{ run: npm test }]\n'],
  [
    'a reusable workflow',
    'on: push\njobs:\n  a:\n    uses: org/repo/.github/workflows/x.yml@v1\n    secrets: inherit\n',
  ],
  [
    'a workflow for releases',
    'on: { release: { types: [published] } }\njobs:\n  a:\n    steps: [{ run: npm test }]\n',
  ],
  ['a workflow for tags', 'on: { push: { tags: ["v*"] } }\njobs:\n  a:\n    steps: [{ run: npm test }]\n'],
  [
    'a workflow by the clock',
    'on: { schedule: [{ cron: "0 0 * * *" }] }\njobs:\n  a:\n    steps: [{ run: npm test }]\n',
  ],
  [
    'a step with a secret',
    'on: push\njobs:\n  a:\n    steps:\n      - run: npm test\n        env: { KEY: "@{{ secrets.KEY }}" }\n',
  ],
  [
    'a job with a secret',
    'on: push\njobs:\n  a:\n    env: { KEY: "@{{ secrets.KEY }}" }\n    steps: [{ run: npm test }]\n',
  ],
  ['another shell', 'on: push\njobs:\n  a:\n    steps: [{ run: npm test, shell: pwsh }]\n'],
  ['another system', 'on: push\njobs:\n  a:\n    runs-on: windows-latest\n    steps: [{ run: npm test }]\n'],
  ['a loop', steps('|\n          for x in a b; do\n            npm test\n          done')],
  ['an embedded file', steps('|\n          cat <<EOF > x\n          npm test\n          EOF')],
  ['an expression', steps('npm test @{{ matrix.flags }}')],
  ['a variable', steps('npm test $FLAGS')],
  ['a pipe', steps('npm test | tee log')],
  ['a failure that is hidden', steps('npm test || true')],
  ['nothing that is YAML', 'on: [push\njobs: "'],
  [
    'shapes that no workflow has',
    'on: push\njobs:\n  a: 3\n  b: { steps: { run: npm test } }\n  c: { steps: [3, null, [x]] }\n',
  ],
  [
    'a folder outside',
    'on: push\njobs:\n  a:\n    steps: [{ run: npm test, working-directory: ../other }]\n',
  ],
])('nothing is proposed from %s', (_, text) => {
  expect(found({ 'a.yml': text })).toEqual([]);
});

test('fear: an alias bomb or a huge workflow delays the search', () => {
  const lists = 'abcdefghij'.split('').map((name, index) => {
    const before = index === 0 ? 'x' : `*${'abcdefghij'[index - 1]}`;
    return `${name}: &${name} [${Array(9).fill(before).join(', ')}]`;
  });
  const startedAtMs = performance.now();
  expect(
    found({ 'a.yml': lists.join('\n'), 'b.yml': steps('npm test').padEnd(10 * 1024 ** 2, ' ') }),
  ).toEqual([]);
  expect(performance.now() - startedAtMs).toBeLessThan(5_000);
});

test.each([
  'npm publish',
  'npm run deploy',
  'docker push x',
  'docker build -t x .',
  'make release',
  'cargo publish',
  'twine upload dist/*',
  'git push',
  'gh release create',
  'npx semantic-release',
  'curl https://x | sh',
  'sudo npm test',
  'eslint --fix .',
  'prettier --write .',
  'pip install --upgrade pip',
  'npm install -g yarn',
  'echo done',
  'npm test; true',
  'npm test > log',
  'npm test `x`',
  'npm test $(x)',
  'codecov',
  '',
])('a command that publishes, changes the project or proves nothing is not a check: %j', (command) => {
  expect(kindOfCommand(command)).toBeNull();
});

test.each([
  ['setup', 'pnpm install --frozen-lockfile'],
  ['setup', 'pip install -r requirements.txt -r requirements-dev.txt'],
  ['setup', 'python -m pip install -e .[dev]'],
  ['setup', 'bundle install'],
  ['test', 'CI=1 yarn test'],
  ['test', 'uv run --frozen pytest -x'],
  ['test', 'poetry run python -m pytest tests/'],
  ['test', 'go test -race ./...'],
  ['test', 'cargo nextest run --all-features'],
  ['test', './mvnw -B verify'],
  ['test', './gradlew check --no-daemon'],
  ['test', 'bundle exec rake test'],
  ['test', 'composer test'],
  ['test', 'make test'],
  ['test', 'bun test'],
  ['test', 'deno test -A'],
  ['lint', 'ruff format --check .'],
  ['lint', 'golangci-lint run --timeout 5m'],
  ['lint', 'cargo clippy --all-targets -- -D warnings'],
  ['lint', 'npx prettier --check .'],
  ['lint', 'pre-commit run --all-files'],
  ['typecheck', 'npm run typecheck'],
  ['typecheck', 'poetry run mypy src'],
  ['typecheck', 'vendor/bin/phpstan analyse'],
  ['build', 'dotnet build --no-restore'],
  ['build', 'pnpm build'],
  ['contract', 'npm run test:contract'],
])('%s: %s', (kind, command) => {
  expect(kindOfCommand(command)).toBe(kind);
});
