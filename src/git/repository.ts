import { stat } from 'node:fs/promises';
import { ConfigurationError, isMooseError } from '../domain/failure.ts';
import { shellWord } from '../stdx/shell-words.ts';
import { onDisk } from './on-disk.ts';
import { redactUrls } from './redact-url.ts';
import { headBranch } from './revision.ts';
import { type GitCall, runGit } from './run-git.ts';
import { readStatus } from './status.ts';

export interface RepositoryState {
  /** The root of the working tree, even if `path` is below it. */
  root: string;
  headSha: string;
  /** Null if HEAD is detached. */
  headBranch: string | null;
  isDirty: boolean;
  /** Only the first few paths. */
  dirtyPaths: string[];
}

export interface Remote {
  name: string;
  url: string;
  /** Without user and password: safe to show and store. */
  shownUrl: string;
}

const maxDirtyPaths = 10;

/** Only reads. @throws REPOSITORY_NOT_FOUND, _BARE, _EMPTY, _NOT_TRUSTED: all ConfigurationErrors. */
export async function inspectRepository(
  path: string,
  call: { signal?: AbortSignal | undefined } = {},
): Promise<RepositoryState> {
  const look: GitCall = { ...call, mayDiscover: true, lineEnds: 'configured' };
  await assertDirectory(path);
  return stateOf(await rootOf(path, look), look);
}

async function stateOf(root: string, look: GitCall): Promise<RepositoryState> {
  const { headSha, branch, changes } = await readStatus(
    root,
    { untracked: 'normal', ignoreSubmodules: 'dirty' },
    look,
  );
  const dirtyPaths = changes.map((change) => change.path);
  if (headSha === null) {
    throw refusal(
      'REPOSITORY_EMPTY',
      root,
      'has no commit yet',
      `Create the first one: git -C ${shellWord(root)} commit --allow-empty -m "First commit"`,
    );
  }
  return {
    root,
    headSha,
    headBranch: branch,
    isDirty: dirtyPaths.length > 0,
    dirtyPaths: dirtyPaths.slice(0, maxDirtyPaths),
  };
}

/** The same for a path that is known to be the root of a working tree, without asking for the root again. */
export async function inspectRoot(
  root: string,
  call: { signal?: AbortSignal | undefined } = {},
): Promise<RepositoryState> {
  await assertDirectory(root);
  const look: GitCall = { ...call, mayDiscover: true, lineEnds: 'configured' };
  try {
    return await stateOf(root, look);
  } catch (cause) {
    // Names what is wrong with the repository, if that is the reason.
    await rootOf(root, look);
    throw cause;
  }
}

/** Whether there is a repository to work in, even an empty one. @throws as `inspectRepository`, except _EMPTY */
export async function assertRepository(
  path: string,
  call: { signal?: AbortSignal | undefined } = {},
): Promise<void> {
  await assertDirectory(path);
  await rootOf(path, { ...call, mayDiscover: true, lineEnds: 'configured' });
}

async function rootOf(path: string, look: GitCall): Promise<string> {
  const kind = ['rev-parse', '--is-bare-repository', '--is-inside-work-tree'];
  // Without a working tree, git prints the first two answers and then fails.
  const { stdout, exitCode } = await runGit(path, [...kind, '--show-toplevel'], {
    ...look,
    okExitCodes: [128],
  });
  const [isBare, isInside, ...top] = stdout.split('\n');
  if (isBare === 'true') {
    throw refusal(
      'REPOSITORY_BARE',
      path,
      'is a bare repository: it has no files',
      `Clone it and give the clone's path: git clone ${shellWord(path)}`,
    );
  }
  if (isInside === 'false') {
    throw refusal(
      'REPOSITORY_NOT_FOUND',
      path,
      'is inside a .git directory',
      'Give the path of the directory that contains .git.',
    );
  }
  // Run again, so that the error has git's own description of the problem.
  if (exitCode !== 0) await runGit(path, kind, look).catch((cause: unknown) => throwNamed(path, cause));
  return top.join('\n').replace(/\n$/, '');
}

/** Git does not name the directory, which may not be the one that was meant. */
function throwNamed(path: string, cause: unknown): never {
  if (!isMooseError(cause) || cause.code !== 'REPOSITORY_NOT_FOUND') throw cause;
  throw refusal(
    'REPOSITORY_NOT_FOUND',
    path,
    'is not in a git repository',
    `Give the path of a git repository, or create one: git init ${shellWord(path)}`,
    cause,
  );
}

/** The branch that changes are proposed to. @throws ConfigurationError `REPOSITORY_DETACHED` */
export function requireBranch({ root, headBranch: branch }: RepositoryState): string {
  if (branch !== null) return branch;
  throw refusal(
    'REPOSITORY_DETACHED',
    root,
    'has no branch checked out to propose a change to',
    `Check one out: git -C ${shellWord(root)} switch BRANCH`,
  );
}

async function assertDirectory(path: string): Promise<void> {
  let isDirectory: boolean;
  try {
    isDirectory = (await onDisk(path, () => stat(path), { operation: 'inspect' })).isDirectory();
  } catch (cause) {
    if (isMooseError(cause)) throw cause;
    throw refusal(
      'REPOSITORY_NOT_FOUND',
      path,
      'cannot be read, or does not exist',
      'Give the path of an existing git repository.',
      cause,
    );
  }
  if (!isDirectory)
    throw refusal('REPOSITORY_NOT_FOUND', path, 'is not a directory', 'Give the path of a git repository.');
}

/** The branch's own remote, else `origin`, else the first one; null if there is none. */
export async function findRemote(
  root: string,
  call: { signal?: AbortSignal | undefined } = {},
): Promise<Remote | null> {
  const look: GitCall = { ...call, mayDiscover: true };
  const { stdout } = await runGit(root, ['remote'], look);
  const names = stdout.split('\n').filter((name) => name !== '' && !name.startsWith('-'));
  const name = names.length > 1 ? await chosenOf(names, root, look) : names[0];
  if (name === undefined) return null;
  const { stdout: url } = await runGit(root, ['remote', 'get-url', name], look);
  return { name, url: url.trim(), shownUrl: redactUrls(url.trim()) };
}

async function chosenOf(names: readonly string[], root: string, look: GitCall): Promise<string | undefined> {
  const branch = await headBranch(root, look);
  const own = branch === null ? '' : await configured(root, `branch.${branch}.remote`, look);
  return [own, 'origin', names[0]].find((candidate) => candidate && names.includes(candidate));
}

async function configured(root: string, key: string, look: GitCall): Promise<string> {
  const { stdout } = await runGit(root, ['config', '--get', key], { ...look, okExitCodes: [1] });
  return stdout.trim();
}

function refusal(
  code: string,
  path: string,
  fault: string,
  advice: string,
  cause?: unknown,
): ConfigurationError {
  return new ConfigurationError({
    code,
    message: `${path} ${fault}`,
    advice,
    component: 'git',
    operation: 'inspect repository',
    metadata: { path },
    cause,
  });
}
