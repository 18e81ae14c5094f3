// What prepares a worktree, and the key of the result: if the keys are equal, the result of one setup can be used for
// the other (R-PROJ-3).
import { createHash } from 'node:crypto';
import { lstat, realpath } from 'node:fs/promises';
import type { Check } from '../../../domain/work-order/check.ts';
import { committedFiles } from '../../../finder/committed-files.ts';
import { manifestsToRead, setupInputs } from '../../../finder/setup-inputs.ts';
import { listFiles, readFiles } from '../../../git/read/tree.ts';
import { findOnPath } from '../../../sessions/resolve-program.ts';
import { type CopiedFiles, findCopiedFiles, marksOf } from '../../run/copied-files.ts';
import { type CheckPlan, checkPlan, type Planned } from '../checks/project-checks.ts';
import { imageMark } from '../container/project-image.ts';
import { variablesMark } from '../sessions/session-variables.ts';

export interface Preparation {
  /** Empty: only files are copied. */
  setup: readonly Check[];
  /** Ignored files of the checkout that the project names; null: none. */
  copied: CopiedFiles | null;
  environment: Readonly<Record<string, string>>;
  egress: CheckPlan['egress'];
  /** No service writes to the worktree at the same time. */
  isAlone: boolean;
  /** SHA-256 in hex of everything that the result depends on. */
  key: string;
  /** SHA-256 of what it depends on in the project, without the machine's tools and environment. */
  content: string;
}

/** Increase this when entries of the cache are made differently. */
const version = 1;

export interface PreparedTree {
  baseSha: string;
  /** A commit, or a tree. */
  sha: string;
  /** The repository that has it, if it is not the project's. */
  repositoryPath?: string;
}

/** The commands and the names of files to copy come from the base, the inputs from `sha`. Null if nothing prepares the worktree. */
export async function preparationOf(
  work: Planned,
  { baseSha, sha, repositoryPath = work.project.repositoryPath }: PreparedTree,
): Promise<Preparation | null> {
  const { checks, environment, egress, services } = await checkPlan(work, baseSha);
  const setup = checks.filter(({ kind }) => kind === 'setup');
  const { project, settings, signal } = work;
  const copied = await findCopiedFiles({ project, commit: baseSha, signal });
  if (setup.length === 0 && copied === null) return null;
  const commands = setup.map(({ command }) => command);
  const image = await imageMark(work, baseSha);
  const ofProject = {
    ...(image === null ? {} : { image }),
    version,
    project: project.id,
    commands,
    environment,
    variables: await variablesMark(work),
    files: await inputsAt({ repositoryPath, sha, signal }, commands),
    ...(copied === null ? {} : { copied: marksOf(copied) }),
  };
  const ofMachine = {
    machine: settings.checkEnvironment,
    isolation: settings.isolation,
    platform: process.platform,
    arch: process.arch,
    tools: await toolsOf(commands, settings.checkEnvironment.PATH ?? ''),
  };
  const content = hashOf(ofProject);
  const isAlone = services.length === 0;
  const key = hashOf({ ...ofProject, ...ofMachine });
  return { setup, copied, environment, egress, isAlone, content, key };
}

const hashOf = (value: object) => createHash('sha256').update(JSON.stringify(value)).digest('hex');

/** What the result of the setup depends on in the tree: its files, or the whole tree. */
export async function inputsAt(
  { repositoryPath, sha, signal }: { repositoryPath: string; sha: string; signal: AbortSignal },
  commands: readonly string[],
) {
  const listed = await listFiles(repositoryPath, sha, signal);
  const paths = listed.map(({ path }) => path);
  const manifests = manifestsToRead(commands, paths);
  if (manifests === null) return sha;
  const files = committedFiles(paths, await readFiles(repositoryPath, sha, manifests, signal));
  const inputs = setupInputs(commands, paths, files);
  if (inputs === null) return sha;
  const wanted = new Set(inputs);
  return listed.filter(({ path }) => wanted.has(path)).map(({ path, objectId }) => [path, objectId]);
}

/** Programs that a command uses indirectly: another version of one of these changes the result too. */
const runtimes: Readonly<Record<string, readonly string[]>> = {
  npm: ['node'],
  pnpm: ['node'],
  yarn: ['node'],
  pip: ['python3'],
  pip3: ['python3'],
  uv: ['python3'],
  poetry: ['python3'],
  pdm: ['python3'],
  python: ['python3'],
  cargo: ['rustc'],
  bundle: ['ruby'],
  composer: ['php'],
  mix: ['elixir', 'erl'],
};

/**
 * Identifies the programs by their files, without running them: nothing that the project chooses runs outside a
 * session. A version that is installed over another has another modification time.
 */
async function toolsOf(commands: readonly string[], path: string): Promise<string[]> {
  const words = new Set(commands.flatMap((command) => command.split(/[\s;&|()]+/)));
  const names = new Set([...words].filter((word) => /^[\w.+-]+$/.test(word)).flatMap(withRuntimes));
  const tools = await Promise.all([...names].sort().map((name) => identityOf(name, path)));
  return tools.filter((tool) => tool !== null);
}

const withRuntimes = (name: string) => [
  name,
  ...(Object.hasOwn(runtimes, name) ? (runtimes[name] ?? []) : []),
];

async function identityOf(name: string, path: string): Promise<string | null> {
  const found = findOnPath(name, path, '/');
  if (found === null) return null;
  const real = await realpath(found);
  const { size, mtimeMs } = await lstat(real);
  return `${name} ${real} ${size} ${mtimeMs}`;
}
