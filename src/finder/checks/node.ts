import type { CheckKind } from '../../domain/work-order/check.ts';
import { shellWord } from '../../stdx/text/shell-words.ts';
import type { ProjectFiles } from '../project-files.ts';
import { type CheckCandidate, saysNothing, splitCommands } from './candidate.ts';
import { withoutWatching } from './watching.ts';
import { workspaceFolders } from './workspaces.ts';

// Checks of a project with a package.json: its scripts, run by the project's package manager.

interface PackageManager {
  name: string;
  lockFiles: readonly string[];
  /** Installs exactly what the lock file says. */
  install: string;
  /** Installs without a lock file, and without creating one if the program has an option for that. */
  installUnlocked: string;
  /** The command that runs a script of package.json. */
  run(script: string, extra: string): string;
  /** The command that runs an installed program. */
  execute: string;
  /** Runs a script in packages of a monorepo. `areAll`: no other package has a script with this name. */
  runIn?(folders: readonly string[], areAll: boolean, script: string, extra: string): string;
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
  runIn: (folders, areAll, script, extra) => {
    const where = areAll
      ? '--workspaces --if-present'
      : folders.map((folder) => `--workspace=${shellWord(folder)}`).join(' ');
    return `npm run ${script} ${where}${extra && ` -- ${extra}`}`;
  },
};

const yarnClassic: PackageManager = {
  name: 'yarn',
  lockFiles: ['yarn.lock'],
  install: 'yarn install --frozen-lockfile',
  installUnlocked: 'yarn install --no-lockfile',
  run: runPlainly('yarn'),
  execute: 'yarn run',
};

/** Yarn 2 and later. In CI it refuses by default to change a lock file, so it needs an option if there is none. */
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
    runIn: (folders, areAll, script, extra) => {
      const where = areAll
        ? `-r --if-present`
        : folders.map((folder) => `--filter ${shellWord(`./${folder}`)}`).join(' ');
      return `pnpm ${where} run ${script}${extra && ` ${extra}`}`;
    },
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

/** The script names for each kind of check: the first existing script that ends by itself is used. */
const scriptNames: readonly (readonly [CheckKind, readonly string[]])[] = [
  ['typecheck', ['typecheck', 'type-check', 'tsc', 'check:types']],
  ['build', ['build']],
  ['test', ['test', 'test:ci', 'test:run']],
  ['lint', ['lint', 'lint:ci']],
  ['contract', ['test:contract', 'contract:test']],
];

/** Names that mean different things in different projects: they are proposed, but not run without being asked. */
const furtherNames: typeof scriptNames = [
  ['test', ['test:unit', 'unit']],
  ['lint', ['check', 'format:check', 'check:format', 'fmt:check', 'prettier:check', 'verify']],
];

/** The placeholder test that `npm init` writes. */
const npmPlaceholder = /no test specified/;

const dependencyKeys = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'];

type Manifest = Record<string, unknown>;

export function nodeManifest(files: ProjectFiles): Manifest | null {
  return parseManifest(files.read('package.json'));
}

export function nodeChecks(files: ProjectFiles): CheckCandidate[] {
  const manifest = nodeManifest(files);
  if (manifest === null) return [];
  const manager = findManager(files, manifest);
  const packages = packagesOf(files, manifest);
  const found = scriptNames.flatMap(([kind, names]) => {
    const own = scriptCheck(manager, manifest, kind, names);
    return own.length > 0 ? own : packageChecks(manager, packages, kind, names);
  });
  if (!found.some((each) => each.kind === 'typecheck'))
    found.push(...typescriptCheck(files, manager, manifest));
  return [...installCheck(files, manager, manifest), ...found];
}

export function nodeProposals(files: ProjectFiles): CheckCandidate[] {
  const manifest = nodeManifest(files);
  if (manifest === null) return [];
  const manager = findManager(files, manifest);
  return furtherNames.flatMap(([kind, names]) =>
    names.flatMap((name) =>
      scriptCheck(manager, manifest, kind, [name]).map((each) => ({
        ...each,
        isOnlyProposed: true as const,
      })),
    ),
  );
}

function parseManifest(text: string | null): Manifest | null {
  if (text === null) return null;
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    return isRecord(value) ? value : null;
  } catch {
    // A package.json that is not JSON has no scripts to run.
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
  const dependsOn = [...manager.lockFiles, 'package.json', ...settingsFiles].filter((name) =>
    names.includes(name),
  );
  return [{ kind: 'setup', command, source: 'package.json', runs: [], dependsOn }];
}

/** Other files that affect what is installed. */
const settingsFiles = ['.npmrc', '.yarnrc.yml', 'pnpm-workspace.yaml', 'bunfig.toml'];

function scriptCheck(
  manager: PackageManager,
  manifest: Manifest,
  kind: CheckKind,
  names: readonly string[],
): CheckCandidate[] {
  return usableScripts(record(manifest.scripts), names).map(({ name, script, extra }) => ({
    kind,
    command: manager.run(name, extra),
    source: 'package.json',
    runs: splitCommands(script),
  }));
}

/** The first of these names whose script ends by itself and does something; empty if there is none. */
function usableScripts(
  scripts: Record<string, unknown>,
  names: readonly string[],
): { name: string; script: string; extra: string }[] {
  for (const name of names) {
    const script = Object.hasOwn(scripts, name) ? scripts[name] : undefined;
    if (typeof script !== 'string' || script.trim() === '' || npmPlaceholder.test(script)) continue;
    if (saysNothing(script)) continue;
    const ending = withoutWatching(script);
    if (ending !== null) return [{ name, script, extra: ending.extra }];
  }
  return [];
}

interface Package {
  folder: string;
  scripts: Record<string, unknown>;
}

function packagesOf(files: ProjectFiles, manifest: Manifest): Package[] {
  return workspaceFolders(files, manifest).map((folder) => ({
    folder,
    scripts: record(parseManifest(files.read(`${folder}/package.json`))?.scripts),
  }));
}

/** If the root has no script of a kind, those of its packages, with one check for all that run in the same way. */
function packageChecks(
  manager: PackageManager,
  packages: readonly Package[],
  kind: CheckKind,
  names: readonly string[],
): CheckCandidate[] {
  const ways = new Map<string, { name: string; extra: string; folders: string[] }>();
  for (const { folder, scripts } of packages) {
    const [found] = usableScripts(scripts, names);
    if (!found) continue;
    const { name, extra } = found;
    const way = ways.get(`${name} ${extra}`) ?? { name, extra, folders: [] };
    ways.set(`${name} ${extra}`, { ...way, folders: [...way.folders, folder] });
  }
  return [...ways.values()].map(({ name, extra, folders }) => {
    const areAll = packages.every(
      ({ folder, scripts }) => !Object.hasOwn(scripts, name) || folders.includes(folder),
    );
    const command = manager.runIn
      ? manager.runIn(folders, areAll, name, extra)
      : folders.map((folder) => `(cd ${shellWord(folder)} && ${manager.run(name, extra)})`).join(' && ');
    return { kind, command, source: 'package.json of the workspaces', runs: [] };
  });
}

function typescriptCheck(files: ProjectFiles, manager: PackageManager, manifest: Manifest): CheckCandidate[] {
  const config = files.read('tsconfig.json');
  const isInstalled = dependencyKeys.some((key) => Object.hasOwn(record(manifest[key]), 'typescript'));
  // With a tsconfig of references only, a plain `tsc --noEmit` always passes.
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
