// Fills the submodules of a worktree or a checkout, if a person wants that for the project (R-REPO-3). Their objects are
// fetched into the project's repository, outside of sessions, which can only read them: so a session needs no network,
// and what it commits in a submodule stays in the repository that it sees there.
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ConfigurationError } from '../../domain/failure.ts';
import { writePassing } from '../../stdx/files/passing-files.ts';
import { removeTree } from '../../stdx/files/remove-tree.ts';
import { gitFailures } from '../failure-catalogue.ts';
import { hasCommit, isSha } from '../read/revision.ts';
import { pointersIn, type Submodule, submodulesOf } from '../read/submodules.ts';
import { findRemote } from '../refs/repository.ts';
import { fetchOptions } from '../remote/fetchable-address.ts';
import { redactUrls } from '../remote/redact-url.ts';
import { runRemoteGit } from '../remote/remote-failure.ts';
import { beside, isRelative, type SubmoduleHome, submoduleAddress } from '../remote/submodule-address.ts';
import type { GitCall } from '../run/git-call.ts';
import { checkoutTimeoutMs, runGit } from '../run/run-git.ts';
import { alternatesLine } from '../sessions/alternates.ts';
import { configText } from '../sessions/plain-config.ts';
import { commonGitDir } from './worktree-list.ts';

export interface Filling extends SubmoduleHome {
  /** The folder of the files. */
  path: string;
  commit: string;
  /** Only its .gitmodules say from where Moose fetches: `commit` may be an agent's. */
  baseSha: string;
  /** Hosts with private addresses that a person has set for the project. */
  privateHosts?: readonly string[] | undefined;
}

/** Submodules of submodules are filled up to here. */
const depthMax = 5;
const keptIn = 'refs/moose/submodules/';

/** @throws SUBMODULE_UNREACHABLE, SUBMODULE_NOT_IN_BASE and the errors of `runRemoteGit` */
export async function fillSubmodules(filling: Filling, call: GitCall): Promise<void> {
  await fillIn(filling, null, { ...call, timeoutMs: checkoutTimeoutMs }, 1);
}

type Nested = Omit<Filling, 'baseSha'> & { baseSha: string | null };

/** `from`: the address of the repository in which they are; null for the project. */
async function fillIn(
  { path, commit, baseSha, ...home }: Nested,
  from: string | null,
  call: GitCall,
  depth: number,
): Promise<void> {
  const { repositoryPath } = home;
  const named = await namedIn(repositoryPath, commit, call);
  const ofBase = baseSha === null ? [] : await namedIn(repositoryPath, baseSha, call);
  for (const submodule of named) {
    const { sha } = submodule;
    if (sha === undefined || !isSha(sha)) continue;
    const known = ofBase.find((each) => each.path === submodule.path || each.name === submodule.name);
    const url = known === undefined ? null : await addressOf(home, known, from, call);
    await fetchCommit(home, submodule, url, sha, call);
    const inner = join(path, submodule.path);
    await checkOut(repositoryPath, { path: inner, sha, url }, call);
    if (depth === depthMax) continue;
    const isKnown = known?.sha !== undefined && (await hasCommit(repositoryPath, known.sha, call));
    const below = { ...home, path: inner, commit: sha, baseSha: isKnown ? (known.sha ?? null) : null };
    await fillIn(below, url, call, depth + 1);
  }
}

/** Each with the commit that it points to. */
async function namedIn(
  repositoryPath: string,
  commit: string,
  call: GitCall,
): Promise<Array<Submodule & { sha: string | undefined }>> {
  const named = await submodulesOf(repositoryPath, commit, call);
  const paths = named.map((each) => each.path);
  const pointers = await pointersIn(repositoryPath, commit, paths, call);
  return named.map((each) => ({ ...each, sha: pointers.get(each.path) }));
}

/**
 * A folder of this machine is not fetched, unless it is beside the project's own remote: whoever can write to the
 * base could name any repository that Moose's user can read.
 */
async function addressOf(
  home: SubmoduleHome,
  { path, url: given }: Submodule,
  from: string | null,
  call: GitCall,
): Promise<string> {
  const isBeside = /^(?:\.\/)?\.\.\/[^/]+\/?$/.test(given);
  const url =
    from !== null && isRelative(given) ? beside(from, given) : await submoduleAddress(home, given, call);
  const isElsewhere = url !== null && /^(?:https?|ssh|git):\/\/|^[^/:]+@?[^/:]*:(?!\/\/)/.test(url);
  if (url === null || (!isElsewhere && !isBeside)) throw unreachable(path, given);
  return url;
}

function unreachable(path: string, url: string): ConfigurationError {
  const shown = redactUrls(url);
  return gitFailures.SUBMODULE_UNREACHABLE(
    { operation: 'fill submodules', metadata: { path, url: shown } },
    { path, url: shown },
  );
}

/** A ref keeps it, so that `git gc` does not remove it. */
async function fetchCommit(
  { repositoryPath, remoteAddress, privateHosts = [] }: Omit<Nested, 'path' | 'commit' | 'baseSha'>,
  { path, url: given }: Submodule,
  url: string | null,
  sha: string,
  call: GitCall,
): Promise<void> {
  if (await hasCommit(repositoryPath, sha, call)) return;
  if (url === null)
    throw gitFailures.SUBMODULE_NOT_IN_BASE(
      { operation: 'fill submodules', metadata: { path, url: redactUrls(given) } },
      { path, url: redactUrls(given) },
    );
  const ownAddress = remoteAddress ?? (await findRemote(repositoryPath, call))?.url ?? null;
  const options = await fetchOptions(url, { ownAddress, privateHosts });
  if (options === null) throw unreachable(path, url);
  const quiet = ['--quiet', '--no-tags', '--no-write-fetch-head', '--no-auto-maintenance'];
  const wanted = `${sha}:${keptIn}${sha}`;
  const args = [...options, 'fetch', ...quiet, '--recurse-submodules=no', '--', url, wanted];
  await runRemoteGit(repositoryPath, args, url, call);
}

async function checkOut(
  repositoryPath: string,
  { path, sha, url }: { path: string; sha: string; url: string | null },
  call: GitCall,
): Promise<void> {
  // What an earlier, interrupted call left.
  await removeTree(path);
  await mkdir(dirname(path), { recursive: true });
  await mkdir(path);
  const format = `--object-format=${sha.length === 64 ? 'sha256' : 'sha1'}`;
  await runGit(path, ['init', '--quiet', '--template=', format, '.'], call);
  const git = join(path, '.git');
  for (const name of ['hooks', 'info', 'objects/info']) await mkdir(join(git, name), { recursive: true });
  const objects = join(await commonGitDir(repositoryPath, call), 'objects');
  await writePassing(join(git, 'objects', 'info', 'alternates'), alternatesLine(objects));
  if (url !== null) {
    const remote = [
      { key: 'remote.origin.url', value: redactUrls(url) },
      { key: 'remote.origin.fetch', value: '+refs/heads/*:refs/remotes/origin/*' },
    ];
    await writePassing(join(git, 'config'), configText(remote), { flag: 'a' });
  }
  await runGit(path, ['checkout', '--quiet', '--detach', sha], call);
}
