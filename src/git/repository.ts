import { stat } from 'node:fs/promises';
import { ConfigurationError } from '../domain/failure.ts';
import { redactUrls } from './redact-url.ts';
import { headBranch, refSha, splitNul } from './revision.ts';
import { type GitCall, runGit } from './run-git.ts';

export interface RepositoryState {
  /** The root of the working tree, also where `path` lies below it. */
  root: string;
  headSha: string;
  /** Null when HEAD is detached. */
  headBranch: string | null;
  isDirty: boolean;
  /** The first few. */
  dirtyPaths: string[];
  remote: {
    name: string;
    url: string /** Without user and password: fit to be shown and stored. */;
    shownUrl: string;
  } | null;
}

const maxDirtyPaths = 10;

/** Looks, and changes nothing. @throws REPOSITORY_NOT_FOUND, _BARE, _EMPTY, _NOT_TRUSTED: all ConfigurationErrors. */
export async function inspectRepository(
  path: string,
  call: { signal?: AbortSignal | undefined } = {},
): Promise<RepositoryState> {
  const look: GitCall = { ...call, mayDiscover: true, lineEnds: 'configured' };
  await assertDirectory(path);
  const { stdout: kind } = await runGit(
    path,
    ['rev-parse', '--is-bare-repository', '--is-inside-work-tree'],
    look,
  );
  const [isBare, isInside] = kind.trim().split('\n');
  if (isBare === 'true') {
    throw refusal(
      'REPOSITORY_BARE',
      path,
      'is a bare repository: it has no files',
      `Clone it and give the clone's path: git clone ${path}`,
    );
  }
  if (isInside !== 'true') {
    throw refusal(
      'REPOSITORY_NOT_FOUND',
      path,
      'lies inside a .git directory',
      'Give the path of the directory that holds .git.',
    );
  }
  const { stdout: top } = await runGit(path, ['rev-parse', '--show-toplevel'], look);
  const root = top.replace(/\n$/, '');
  const headSha = await refSha(root, 'HEAD', look);
  if (headSha === null) {
    throw refusal(
      'REPOSITORY_EMPTY',
      root,
      'has no commit yet',
      `Make the first one: git -C ${root} commit --allow-empty -m "First commit"`,
    );
  }
  const branch = await headBranch(root, look);
  const dirty = await dirtyPathsOf(root, look);
  return {
    root,
    headSha,
    headBranch: branch,
    isDirty: dirty.length > 0,
    dirtyPaths: dirty.slice(0, maxDirtyPaths),
    remote: await remoteOf(root, branch, look),
  };
}

async function assertDirectory(path: string): Promise<void> {
  let isDirectory: boolean;
  try {
    isDirectory = (await stat(path)).isDirectory();
  } catch (cause) {
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

async function dirtyPathsOf(root: string, look: GitCall): Promise<string[]> {
  const { stdout } = await runGit(
    root,
    [
      'status',
      '--porcelain=v1',
      '-z',
      '--no-renames',
      '--untracked-files=normal',
      '--ignore-submodules=dirty',
    ],
    look,
  );
  return splitNul(stdout).map((entry) => entry.slice(3));
}

/** The branch's own remote, else `origin`, else the first one. */
async function remoteOf(
  root: string,
  branch: string | null,
  look: GitCall,
): Promise<RepositoryState['remote']> {
  const { stdout } = await runGit(root, ['remote'], look);
  const names = stdout.split('\n').filter((name) => name !== '' && !name.startsWith('-'));
  const own = branch === null ? '' : await configured(root, `branch.${branch}.remote`, look);
  const name = [own, 'origin', names[0]].find((candidate) => candidate && names.includes(candidate));
  if (name === undefined) return null;
  const { stdout: url } = await runGit(root, ['remote', 'get-url', name], look);
  return { name, url: url.trim(), shownUrl: redactUrls(url.trim()) };
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
