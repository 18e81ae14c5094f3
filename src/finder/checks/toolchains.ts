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
    decides: /^go\.work$/,
    checks: (files) => {
      // `./...` names the root's own module only, or nothing.
      const all = "$(go list -m -f '{{.Dir}}/...')";
      const sums = goModules(files).map((folder) => `${folder}/go.sum`);
      const isSummed = sums.some((path) => files.read(path) !== null) || files.read('go.work.sum') !== null;
      return [
        ...(isSummed ? [['setup', 'go mod download', 'go work download'] as const] : []),
        ['build', `go build -o /dev/null ${all}`, 'go build'],
        ['test', `go test ${all}`, 'go test'],
        ['lint', `go vet ${all}`, 'go vet'],
      ];
    },
  },
  {
    decides: /^go\.mod$/,
    checks: (files) =>
      files.read('go.work') !== null
        ? []
        : [
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
      ['typecheck', `cargo check${ofAll(files)}`, 'cargo check'],
      ['test', `cargo test${ofAll(files)}`, 'cargo test'],
      ...(hasClippy(files) ? [['lint', `cargo clippy${ofAll(files)}`, 'cargo clippy'] as const] : []),
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
    const dependsOn = (guess: string) =>
      guess === 'go work download'
        ? workFiles(files)
        : (lockFiles[guess] ?? []).filter((name) => names.includes(name));
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

/** Beside a package at the root, cargo leaves the other packages of the workspace out, unless the project names its own. */
function ofAll(files: ProjectFiles): string {
  const manifest = files.read('Cargo.toml') ?? '';
  const isBeside = /^\[workspace\]/m.test(manifest) && /^\[package\]/m.test(manifest);
  return isBeside && !/^default-members\s*=/m.test(manifest) ? ' --workspace' : '';
}

/** The folders that `go.work` uses, relative to the root. */
function goModules(files: ProjectFiles): string[] {
  const work = (files.read('go.work') ?? '').replace(/\/\/.*$/gm, '');
  const blocks = [...work.matchAll(/^use\s*\(([^)]*)\)/gm)].flatMap(([, block = '']) => block.split('\n'));
  const single = [...work.matchAll(/^use[ \t]+([^\s(].*)$/gm)].map(([, folder = '']) => folder);
  return [...blocks, ...single]
    .map((folder) =>
      folder
        .trim()
        .replace(/^"(.*)"$/, '$1')
        .replace(/^\.\//, '')
        .replace(/\/+$/, ''),
    )
    .filter((folder) => folder !== '' && !folder.startsWith('/') && !folder.startsWith('..'));
}

function workFiles(files: ProjectFiles): string[] {
  const ofModules = goModules(files).flatMap((folder) => [`${folder}/go.mod`, `${folder}/go.sum`]);
  const all = ['go.work', 'go.work.sum', ...ofModules].map((path) => path.replace(/^\.\//, ''));
  return all.filter((path) => files.read(path) !== null);
}

function hasClippy(files: ProjectFiles): boolean {
  const isSet = files.list('').some((name) => /^\.?clippy\.toml$/.test(name));
  return isSet || /^\[(workspace\.)?lints\.clippy/m.test(files.read('Cargo.toml') ?? '');
}
