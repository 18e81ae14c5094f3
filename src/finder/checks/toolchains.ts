import type { CheckKind } from '../../domain/work-order/check.ts';
import type { ProjectFiles } from '../project-files.ts';
import type { CheckCandidate } from './candidate.ts';

// Ecosystems whose checks follow from a file at the root, one row each. The defaults are guesses: a command of the
// project itself that uses the same tool takes precedence.

interface Toolchain {
  /** The deciding file, by its name at the root; if two files match, the toolchain is ambiguous and left out. */
  decides: RegExp;
  checks(files: ProjectFiles, decidedBy: string): readonly Row[];
}

const toolchains: readonly Toolchain[] = [
  {
    decides: /^go\.mod$/,
    checks: (files) => [
      // An agent has no network: without this, it could not run the tests.
      ...downloads(files, ['setup', 'go mod download', 'go mod download'], 'go.sum'),
      // Without -o, a module with one program would leave its binary in the worktree.
      ['build', 'go build -o /dev/null ./...', 'go build'],
      ['test', 'go test ./...', 'go test'],
      ['lint', 'go vet ./...', 'go vet'],
    ],
  },
  {
    decides: /^Cargo\.toml$/,
    checks: (files) => [
      ...downloads(files, ['setup', 'cargo fetch --locked', 'cargo fetch'], 'Cargo.lock'),
      ['typecheck', 'cargo check', 'cargo check'],
      ['test', 'cargo test', 'cargo test'],
      ...(hasClippy(files) ? [['lint', 'cargo clippy', 'cargo clippy'] as const] : []),
    ],
  },
  {
    decides: /^pom\.xml$/,
    checks: (files) => {
      const maven = files.list('').includes('mvnw') ? 'sh ./mvnw' : 'mvn';
      return [
        ['build', `${maven} -B -q test-compile`, 'mvn'],
        ['test', `${maven} -B test`, 'mvn'],
      ];
    },
  },
  {
    decides: /^build\.gradle(\.kts)?$/,
    checks: (files) => {
      const gradle = files.list('').includes('gradlew') ? 'sh ./gradlew' : 'gradle';
      return [['test', `${gradle} test --console=plain`, 'gradle']];
    },
  },
  {
    decides: /\.(sln|slnx)$/,
    checks: () => [
      ['build', 'dotnet build', 'dotnet build'],
      ['test', 'dotnet test', 'dotnet test'],
    ],
  },
  {
    decides: /^Gemfile$/,
    checks: (files) => {
      const names = files.list('');
      return [
        ['setup', 'bundle check || bundle install', 'bundle install'],
        ...(names.includes('spec') ? [['test', 'bundle exec rspec', 'rspec'] as const] : []),
        ...(names.includes('.rubocop.yml') ? [['lint', 'bundle exec rubocop', 'rubocop'] as const] : []),
      ];
    },
  },
  {
    decides: /^phpunit\.xml(\.dist)?$/,
    checks: (files) => {
      const needsInstall = !files.list('').includes('vendor') && files.read('composer.json') !== null;
      return [
        ...(needsInstall
          ? [['setup', 'composer install --no-interaction', 'composer install'] as const]
          : []),
        ['test', 'vendor/bin/phpunit', 'phpunit'],
      ];
    },
  },
];

/** What the result of each setup depends on. */
const lockFiles: Readonly<Record<string, readonly string[]>> = {
  'bundle install': ['Gemfile', 'Gemfile.lock'],
  'composer install': ['composer.json', 'composer.lock'],
  'go mod download': ['go.mod', 'go.sum'],
  'cargo fetch': ['Cargo.toml', 'Cargo.lock'],
};

type Row = readonly [CheckKind, command: string, guess: string];

/** The row, if this file lists downloads and the project does not contain them (`vendor`). */
function downloads(files: ProjectFiles, row: Row, lockFile: string): Row[] {
  const names = files.list('');
  return names.includes(lockFile) && !names.includes('vendor') ? [row] : [];
}

export function toolchainChecks(files: ProjectFiles): CheckCandidate[] {
  return toolchains.flatMap((toolchain) => {
    const [decidedBy, ...others] = files.list('').filter((name) => toolchain.decides.test(name));
    if (decidedBy === undefined || others.length > 0) return [];
    const rows = toolchain.checks(files, decidedBy);
    const names = files.list('');
    const dependsOn = (guess: string) => (lockFiles[guess] ?? []).filter((name) => names.includes(name));
    return rows.map(([kind, command, guess]) => ({
      kind,
      command,
      source: decidedBy,
      runs: [],
      guess,
      ...(kind === 'setup' ? { dependsOn: dependsOn(guess) } : {}),
    }));
  });
}

function hasClippy(files: ProjectFiles): boolean {
  const isSet = files.list('').some((name) => /^\.?clippy\.toml$/.test(name));
  return isSet || /^\[(workspace\.)?lints\.clippy/m.test(files.read('Cargo.toml') ?? '');
}
