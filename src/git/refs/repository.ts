import { stat } from 'node:fs/promises';
import { isMooseError } from '../../domain/failure.ts';
import { shellWord } from '../../stdx/text/shell-words.ts';
import { gitFailures } from '../failure-catalogue.ts';
import { headBranch } from '../read/revision.ts';
import { redactUrls } from '../remote/redact-url.ts';
import type { GitCall } from '../run/git-call.ts';
import { onDisk } from '../run/on-disk.ts';
import { runGit } from '../run/run-git.ts';
import { readStatus } from '../worktree/status.ts';

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
  /** Where a person's git pushes to instead. */
  pushUrl?: string;
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
    throw gitFailures.REPOSITORY_EMPTY(
      { operation: 'inspect repository', metadata: { path: root } },
      { root, quotedRoot: shellWord(root) },
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
    throw gitFailures.REPOSITORY_BARE(
      { operation: 'inspect repository', metadata: { path } },
      { path, quotedPath: shellWord(path) },
    );
  }
  if (isInside === 'false') {
    throw gitFailures.REPOSITORY_NOT_FOUND({ operation: 'inspect repository', metadata: { path } }, { path });
  }
  // Run again, so that the error has git's own description of the problem.
  if (exitCode !== 0) await runGit(path, kind, look).catch((cause: unknown) => throwNamed(path, cause));
  return top.join('\n').replace(/\n$/, '');
}

/** Git does not name the directory, which may not be the one that was meant. */
function throwNamed(path: string, cause: unknown): never {
  if (!isMooseError(cause) || cause.code !== 'REPOSITORY_NOT_FOUND') throw cause;
  throw gitFailures.REPOSITORY_NOT_FOUND_AROUND(
    { operation: 'inspect repository', metadata: { path }, cause },
    { path, quotedPath: shellWord(path) },
  );
}

/** The branch that changes are proposed to. @throws ConfigurationError `REPOSITORY_DETACHED` */
export function requireBranch({ root, headBranch: branch }: RepositoryState): string {
  if (branch !== null) return branch;
  throw gitFailures.REPOSITORY_DETACHED(
    { operation: 'inspect repository', metadata: { path: root } },
    { root, quotedRoot: shellWord(root) },
  );
}

async function assertDirectory(path: string): Promise<void> {
  let isDirectory: boolean;
  try {
    isDirectory = (await onDisk(path, () => stat(path), { operation: 'inspect' })).isDirectory();
  } catch (cause) {
    if (isMooseError(cause)) throw cause;
    throw gitFailures.REPOSITORY_NOT_FOUND_UNREADABLE(
      { operation: 'inspect repository', metadata: { path }, cause },
      { path },
    );
  }
  if (!isDirectory)
    throw gitFailures.REPOSITORY_NOT_FOUND_NO_DIRECTORY(
      { operation: 'inspect repository', metadata: { path } },
      { path },
    );
}

/**
 * The branch's own remote, else `origin`, else the first one; null if there is none. Addresses are those that git
 * uses, after the user's `url.*.insteadOf` and `url.*.pushInsteadOf`.
 */
export async function findRemote(
  root: string,
  call: { signal?: AbortSignal | undefined } = {},
): Promise<Remote | null> {
  const look: GitCall = { ...call, mayDiscover: true };
  const { stdout } = await runGit(root, ['remote', '--verbose'], look);
  const all = stdout
    .split('\n')
    .map((line) => /^([^-\t][^\t]*)\t(?:(.*) \((fetch|push)\))?/.exec(line))
    .filter((match) => match !== null)
    .map(([, name = '', url = '', use = '']) => ({ name, url: url.trim(), use }));
  const names = [...new Set(all.map(({ name }) => name))];
  const name = names.length > 1 ? await chosenOf(names, root, look) : names[0];
  if (name === undefined) return null;
  const urlFor = (asked: string) => all.find((each) => each.name === name && each.use === asked)?.url;
  // Without an address, git takes the name for one.
  const url = urlFor('fetch') ?? name;
  const pushUrl = urlFor('push') ?? url;
  const found: Remote = { name, url, shownUrl: redactUrls(url) };
  return pushUrl === url ? found : { ...found, pushUrl };
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
