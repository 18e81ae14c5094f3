import type { CheckKind } from '../../../domain/check.ts';
import { type CheckCandidate, splitCommands } from './candidate.ts';
import type { ProjectFiles } from './project-files.ts';
import { withoutWatching } from './watching.ts';

// Checks of a project with a package.json: its scripts, run by the package manager that it uses.

interface PackageManager {
  name: string;
  lockFiles: readonly string[];
  /** Installs exactly what the lock file says. */
  install: string;
  /** Installs without a lock file, and without leaving one behind where the program can be told so. */
  installUnlocked: string;
  /** Runs a script of package.json. */
  run(script: string, extra: string): string;
  /** Runs an installed program. */
  execute: string;
}

const runPlainly = (name: string) => (script: string, extra: string) =>
  `${name} run ${script}${extra && ` ${extra}`}`;

const npm: PackageManager = {
  name: 'npm',
  lockFiles: ['package-lock.json', 'npm-shrinkwrap.json'],
  install: 'npm ci',
  installUnlocked: 'npm install --no-save --no-audit --no-fund',
  run: (script, extra) => `${script === 'test' ? 'npm test' : `npm run ${script}`}${extra && ` -- ${extra}`}`,
  execute: 'npx --no-install',
};

const yarnClassic: PackageManager = {
  name: 'yarn',
  lockFiles: ['yarn.lock'],
  install: 'yarn install --frozen-lockfile',
  installUnlocked: 'yarn install --no-lockfile',
  run: runPlainly('yarn'),
  execute: 'yarn run',
};

/** From version 2 on. It makes lock files immutable by itself under CI, and so has to be told when there is none. */
const yarnModern: PackageManager = {
  ...yarnClassic,
  install: 'yarn install --immutable',
  installUnlocked: 'yarn install --no-immutable',
};

const packageManagers: readonly PackageManager[] = [
  {
    name: 'pnpm',
    lockFiles: ['pnpm-lock.yaml'],
    install: 'pnpm install --frozen-lockfile',
    installUnlocked: 'pnpm install --no-lockfile',
    run: runPlainly('pnpm'),
    execute: 'pnpm exec',
  },
  yarnClassic,
  {
    name: 'bun',
    lockFiles: ['bun.lock', 'bun.lockb'],
    install: 'bun install --frozen-lockfile',
    installUnlocked: 'bun install --no-save',
    run: runPlainly('bun'),
    execute: 'bun run',
  },
  npm,
];

/** For each kind, the script names that mean it: the first that exists, and ends by itself, is taken. */
const scriptNames: readonly (readonly [CheckKind, readonly string[]])[] = [
  ['typecheck', ['typecheck', 'type-check', 'tsc', 'check:types']],
  ['build', ['build']],
  ['test', ['test', 'test:ci', 'test:run']],
  ['lint', ['lint', 'lint:ci']],
  ['contract', ['test:contract', 'contract:test']],
];

/** What `npm init` writes in place of a test. */
const npmPlaceholder = /no test specified/;

const dependencyKeys = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'];

type Manifest = Record<string, unknown>;

export function nodeChecks(files: ProjectFiles): CheckCandidate[] {
  const manifest = readManifest(files);
  if (manifest === null) return [];
  const manager = findManager(files, manifest);
  const found = scriptNames.flatMap(([kind, names]) => scriptCheck(manager, manifest, kind, names));
  if (!found.some((each) => each.kind === 'typecheck'))
    found.push(...typescriptCheck(files, manager, manifest));
  return [...installCheck(files, manager, manifest), ...found];
}

function readManifest(files: ProjectFiles): Manifest | null {
  const text = files.read('package.json');
  if (text === null) return null;
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    return isRecord(value) ? value : null;
  } catch {
    // A package.json that is not JSON has no scripts that anything could run.
    return null;
  }
}

function findManager(files: ProjectFiles, manifest: Manifest): PackageManager {
  const stated = typeof manifest.packageManager === 'string' ? manifest.packageManager : '';
  const names = files.list('');
  const found =
    packageManagers.find((each) => stated.startsWith(`${each.name}@`)) ??
    packageManagers.find((each) => each.lockFiles.some((lockFile) => names.includes(lockFile))) ??
    npm;
  return found === yarnClassic && isModernYarn(files, stated) ? yarnModern : found;
}

function isModernYarn(files: ProjectFiles, stated: string): boolean {
  if (stated.startsWith('yarn@')) return !/^yarn@[01]\./.test(stated);
  return files.list('').includes('.yarnrc.yml') || (files.read('yarn.lock') ?? '').includes('__metadata:');
}

function installCheck(files: ProjectFiles, manager: PackageManager, manifest: Manifest): CheckCandidate[] {
  const names = files.list('');
  if (names.includes('node_modules') || names.includes('.pnp.cjs')) return [];
  const hasWorkspaces = 'workspaces' in manifest || names.includes('pnpm-workspace.yaml');
  if (!hasWorkspaces && !dependencyKeys.some((key) => Object.keys(record(manifest[key])).length > 0))
    return [];
  const isLocked = manager.lockFiles.some((lockFile) => names.includes(lockFile));
  const command = isLocked ? manager.install : manager.installUnlocked;
  return [{ kind: 'setup', command, source: 'package.json', runs: [] }];
}

function scriptCheck(
  manager: PackageManager,
  manifest: Manifest,
  kind: CheckKind,
  names: readonly string[],
): CheckCandidate[] {
  const scripts = record(manifest.scripts);
  for (const name of names) {
    const script = Object.hasOwn(scripts, name) ? scripts[name] : undefined;
    if (typeof script !== 'string' || script.trim() === '' || npmPlaceholder.test(script)) continue;
    const ending = withoutWatching(script);
    if (ending === null) continue;
    return [
      { kind, command: manager.run(name, ending.extra), source: 'package.json', runs: splitCommands(script) },
    ];
  }
  return [];
}

function typescriptCheck(files: ProjectFiles, manager: PackageManager, manifest: Manifest): CheckCandidate[] {
  const config = files.read('tsconfig.json');
  const isInstalled = dependencyKeys.some((key) => Object.hasOwn(record(manifest[key]), 'typescript'));
  // A tsconfig of references alone makes a plain `tsc --noEmit` pass whatever the code says.
  if (config === null || !isInstalled || /"files"\s*:\s*\[\s*\]/.test(config)) return [];
  const command = `${manager.execute} tsc --noEmit`;
  return [{ kind: 'typecheck', command, source: 'tsconfig.json', runs: [], guess: 'tsc --noEmit' }];
}

function record(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
