// What prepares a worktree, and the key of the result: if the keys are equal, the result of one setup can be used for
// the other (R-PROJ-3).
import { createHash } from 'node:crypto';
import { lstat, realpath } from 'node:fs/promises';
import type { Check } from '../../../domain/check.ts';
import { setupInputs } from '../../../finder/setup-inputs.ts';
import { listFiles } from '../../../git/tree.ts';
import { findOnPath } from '../../../sessions/resolve-program.ts';
import { projectFilesAt } from '../../policy/project-files-at.ts';
import type { Work } from '../../run/work.ts';
import { variablesMark } from '../given-variables.ts';
import { type CheckPlan, checkPlan } from '../project-checks.ts';

export interface Preparation {
  setup: readonly Check[];
  environment: Readonly<Record<string, string>>;
  egress: CheckPlan['egress'];
  /** SHA-256 in hex. */
  key: string;
}

/** Increase this when entries of the cache are made differently. */
const version = 1;

/** The commands come from the base, the files from `sha`. Null if nothing prepares the worktree. */
export async function preparationOf(
  work: Work,
  { baseSha, sha }: { baseSha: string; sha: string },
): Promise<Preparation | null> {
  const { checks, environment, egress } = await checkPlan(work, baseSha);
  const setup = checks.filter(({ kind }) => kind === 'setup');
  if (setup.length === 0) return null;
  const { project, settings } = work;
  const commands = setup.map(({ command }) => command);
  const dependsOn = {
    ...{ version, project: project.id, commands, environment, machine: settings.checkEnvironment },
    ...{ platform: process.platform, arch: process.arch, isolation: settings.isolation },
    variables: await variablesMark(work),
    files: await inputsAt(work, commands, sha),
    tools: await toolsOf(commands, settings.checkEnvironment.PATH ?? ''),
  };
  return {
    setup,
    environment,
    egress,
    key: createHash('sha256').update(JSON.stringify(dependsOn)).digest('hex'),
  };
}

async function inputsAt({ project, signal }: Work, commands: readonly string[], sha: string) {
  const { repositoryPath } = project;
  const listed = await listFiles(repositoryPath, sha, signal);
  const paths = listed.map(({ path }) => path);
  const inputs = setupInputs(commands, paths, await projectFilesAt(repositoryPath, sha, signal));
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
