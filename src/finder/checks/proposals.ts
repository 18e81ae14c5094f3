// Commands that are proposed to a person but not run by themselves: what they need may be missing on this machine.
import type { CheckKind } from '../../domain/work-order/check.ts';
import type { ProjectFiles } from '../project-files.ts';
import type { CheckCandidate } from './candidate.ts';

interface Row {
  /** The deciding file, by its name in the folder. */
  decides: RegExp;
  /** Text that the deciding file must contain. */
  says?: RegExp;
  /** Another file that must exist. */
  with?: RegExp;
  /** A file that must not exist. */
  without?: RegExp;
  kind: CheckKind;
  command: string;
  guess: string;
  /** For a setup: the files that its result depends on, besides the deciding file. */
  dependsOn?: readonly string[];
}

const python = /^(pyproject\.toml|setup\.cfg)$/;
const locked = /^(uv|poetry|pdm)\.lock$/;

const rows: readonly Row[] = [
  {
    decides: /^\.golangci\.(ya?ml|toml|json)$/,
    kind: 'lint',
    command: 'golangci-lint run',
    guess: 'golangci-lint',
  },
  // Maven downloads the test runner only when tests run, and an agent has no network. Failing tests do not matter.
  {
    decides: /^pom\.xml$/,
    with: /^mvnw$/,
    kind: 'setup',
    command: 'sh ./mvnw -B -q test -Dmaven.test.failure.ignore=true',
    guess: 'maven.test.failure.ignore',
  },
  {
    decides: /^pom\.xml$/,
    without: /^mvnw$/,
    kind: 'setup',
    command: 'mvn -B -q test -Dmaven.test.failure.ignore=true',
    guess: 'maven.test.failure.ignore',
  },
  { decides: /^\.?rustfmt\.toml$/, kind: 'lint', command: 'cargo fmt --check', guess: 'cargo fmt' },
  {
    decides: /\.(sln|slnx)$/,
    kind: 'setup',
    command: 'dotnet restore',
    guess: 'dotnet restore',
    dependsOn: ['Directory.Packages.props', 'nuget.config'],
  },
  {
    decides: /\.(cs|fs|vb)proj$/,
    without: /\.(sln|slnx)$/,
    kind: 'build',
    command: 'dotnet build',
    guess: 'dotnet build',
  },
  {
    decides: /\.(cs|fs|vb)proj$/,
    without: /\.(sln|slnx)$/,
    kind: 'test',
    command: 'dotnet test',
    guess: 'dotnet test',
  },
  {
    decides: /^settings\.gradle(\.kts)?$/,
    with: /^gradlew$/,
    without: /^build\.gradle/,
    kind: 'test',
    command: 'sh ./gradlew test --console=plain',
    guess: 'gradle',
  },
  {
    decides: /^settings\.gradle(\.kts)?$/,
    without: /^(build\.gradle(\.kts)?|gradlew)$/,
    kind: 'test',
    command: 'gradle test --console=plain',
    guess: 'gradle',
  },
  {
    decides: /^pdm\.lock$/,
    kind: 'setup',
    command: 'pdm sync --dev',
    guess: 'pdm',
    dependsOn: ['pyproject.toml'],
  },
  {
    decides: /^hatch\.toml$|^pyproject\.toml$/,
    says: /\[tool\.hatch\.envs|\[envs\./,
    kind: 'test',
    command: 'hatch run test',
    guess: 'hatch',
  },
  {
    decides: /^uv\.lock$/,
    kind: 'setup',
    command: 'uv sync --frozen --all-extras',
    guess: 'uv sync',
    dependsOn: ['pyproject.toml'],
  },
  {
    decides: /^poetry\.lock$/,
    kind: 'setup',
    command: 'poetry install --no-interaction',
    guess: 'poetry install',
    dependsOn: ['pyproject.toml'],
  },
  {
    decides: python,
    says: /\[tool\.mypy\b|\[mypy\]/,
    with: /^uv\.lock$/,
    kind: 'typecheck',
    command: 'uv run --frozen mypy .',
    guess: 'mypy',
  },
  {
    decides: python,
    says: /\[tool\.mypy\b|\[mypy\]/,
    with: /^poetry\.lock$/,
    kind: 'typecheck',
    command: 'poetry run mypy .',
    guess: 'mypy',
  },
  {
    decides: python,
    says: /\[tool\.mypy\b|\[mypy\]/,
    without: locked,
    kind: 'typecheck',
    command: 'mypy .',
    guess: 'mypy',
  },
  {
    decides: python,
    says: /\[tool\.ruff\b/,
    with: /^uv\.lock$/,
    kind: 'lint',
    command: 'uv run --frozen ruff check .',
    guess: 'ruff check',
  },
  {
    decides: python,
    says: /\[tool\.ruff\b/,
    with: /^poetry\.lock$/,
    kind: 'lint',
    command: 'poetry run ruff check .',
    guess: 'ruff check',
  },
  {
    decides: python,
    says: /\[tool\.ruff\b/,
    without: locked,
    kind: 'lint',
    command: 'ruff check .',
    guess: 'ruff check',
  },
  { decides: /^\.?ruff\.toml$/, without: locked, kind: 'lint', command: 'ruff check .', guess: 'ruff check' },
  { decides: /^\.flake8$/, without: locked, kind: 'lint', command: 'flake8', guess: 'flake8' },
  {
    decides: /^Gemfile$/,
    with: /^Rakefile$/,
    without: /^spec$/,
    kind: 'test',
    command: 'bundle exec rake test',
    guess: 'rake',
  },
  {
    decides: /^composer\.json$/,
    without: /^(vendor|phpunit\.xml(\.dist)?)$/,
    kind: 'setup',
    command: 'composer install --no-interaction',
    guess: 'composer install',
    dependsOn: ['composer.lock'],
  },
  {
    decides: /^phpstan\.neon(\.dist)?$/,
    kind: 'typecheck',
    command: 'vendor/bin/phpstan analyse --no-progress',
    guess: 'phpstan',
  },
  {
    decides: /^(MODULE\.bazel|WORKSPACE(\.bazel)?)$/,
    kind: 'build',
    command: 'bazel build //...',
    guess: 'bazel build',
  },
  {
    decides: /^(MODULE\.bazel|WORKSPACE(\.bazel)?)$/,
    kind: 'test',
    command: 'bazel test //...',
    guess: 'bazel test',
  },
  {
    decides: /^mix\.lock$/,
    kind: 'setup',
    command: 'mix deps.get --check-locked',
    guess: 'mix deps.get',
    dependsOn: ['mix.exs'],
  },
  { decides: /^mix\.exs$/, kind: 'test', command: 'mix test', guess: 'mix test' },
  { decides: /^Package\.swift$/, kind: 'build', command: 'swift build', guess: 'swift build' },
  { decides: /^Package\.swift$/, kind: 'test', command: 'swift test', guess: 'swift test' },
  { decides: /^tox\.ini$/, kind: 'test', command: 'tox', guess: 'pytest' },
  {
    decides: /^\.pre-commit-config\.yaml$/,
    kind: 'lint',
    command: 'pre-commit run --all-files',
    guess: 'pre-commit',
  },
];

export function proposedChecks(files: ProjectFiles): CheckCandidate[] {
  const names = files.list('');
  const found = rows.flatMap((row): CheckCandidate[] => {
    const source = names.find((name) => row.decides.test(name) && says(files, name, row.says));
    if (source === undefined || (row.with && !names.some((name) => row.with?.test(name)))) return [];
    if (row.without && names.some((name) => row.without?.test(name))) return [];
    const dependsOn = [source, ...(row.dependsOn ?? []).filter((name) => names.includes(name))];
    const { kind, command, guess } = row;
    return [
      {
        kind,
        command,
        source,
        runs: [],
        guess,
        isOnlyProposed: true as const,
        ...(kind === 'setup' ? { dependsOn } : {}),
      },
    ];
  });
  return [...composerScripts(files), ...found];
}

function says(files: ProjectFiles, name: string, pattern: RegExp | undefined): boolean {
  return pattern === undefined || pattern.test(files.read(name) ?? '');
}

const composerKinds: readonly (readonly [script: string, CheckKind])[] = [
  ['test', 'test'],
  ['lint', 'lint'],
  ['cs', 'lint'],
  ['phpstan', 'typecheck'],
  ['analyse', 'typecheck'],
];

function composerScripts(files: ProjectFiles): CheckCandidate[] {
  const text = files.read('composer.json');
  if (text === null) return [];
  const [, scripts = ''] = /"scripts"\s*:\s*\{([\s\S]*)/.exec(text) ?? [];
  return composerKinds.flatMap(([script, kind]): CheckCandidate[] => {
    if (!new RegExp(`"${script}"\\s*:\\s*[["]`).test(scripts)) return [];
    return [
      {
        kind,
        command: `composer run-script ${script}`,
        source: 'composer.json',
        runs: [],
        isOnlyProposed: true,
      },
    ];
  });
}
