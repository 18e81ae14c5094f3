// This machine's bare copy of a project's remote. It is created completely or not at all. A fetch changes only the
// copies of the remote's references: `refs/remotes/origin/*` and tags. It never changes branches of work orders or
// preserved commits.

import { mkdir, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type ConfigurationError, isMooseError } from '../../domain/failure.ts';
import { backoffMs, defaultBackoff } from '../../resilience/backoff.ts';
import { sleep } from '../../stdx/async/sleep.ts';
import { objectFormat } from '../commit/object-id.ts';
import { gitFailures } from '../failure-catalogue.ts';
import { assertSha, hasCommit } from '../read/revision.ts';
import { branchPrefix } from '../refs/branch-name.ts';
import { clearOldDrafts, makeByDraft } from '../refs/drafts.ts';
import { withFileFailures } from '../run/file-failure.ts';
import type { GitCall } from '../run/git-call.ts';
import { isThere, lstatIfThere } from '../run/is-there.ts';
import { inTurn } from '../run/repository-turn.ts';
import { runGit } from '../run/run-git.ts';
import { joinPacks } from './join-packs.ts';
import { runRemoteGit } from './remote-failure.ts';
import { type RemoteHead, remoteHead } from './remote-head.ts';
import { assertRemoteUrl } from './remote-url.ts';

export interface Mirror {
  path: string;
  /** The address of the remote, as git is called with it. */
  address: string;
  signal?: AbortSignal | undefined;
}

/** The prefix of the remote's branches in the mirror. */
export const mirrorRefs = 'refs/remotes/origin/';

/** The last refspec excludes tags of the remote that have the name of a work order's branch. */
const refspecs = [`+refs/heads/*:${mirrorRefs}*`, '+refs/tags/*:refs/tags/*', `^refs/tags/${branchPrefix}*`];
const fetchOptions = [
  ...['--quiet', '--prune', '--no-tags', '--no-write-fetch-head'],
  ...['--no-auto-maintenance', '--recurse-submodules=no'],
];
/** A transfer with less than 1000 bytes per second for 60 s counts as stopped, and git ends it. */
const liveliness = ['-c', 'http.lowSpeedLimit=1000', '-c', 'http.lowSpeedTime=60'];
const firstFetchMs = 30 * 60_000;
const fetchMs = 10 * 60_000;
/** A fetch fails if another process moves the same references at the same time; then it is repeated. */
const raceTriesMax = 5;
/** A temporary pack older than this was left by a killed fetch: no fetch takes so long. */
const tornPackMaxAgeMs = 2 * 3_600_000;

/** When the last successful fetch of this process began, by path. */
const begunAtMs = new Map<string, number>();

/** Whether the mirror exists; if it does, it is complete. */
export function hasMirror(path: string): Promise<boolean> {
  return isThere(join(path, 'HEAD'));
}

/**
 * Creates the mirror if it is missing, and fetches from the remote.
 * @throws as `runRemoteGit`; an existing mirror stays usable
 */
export async function syncMirror(mirror: Mirror): Promise<RemoteHead> {
  const { path, address, signal } = mirror;
  assertRemoteUrl(address);
  const head = await remoteHead(address, { signal });
  const askedAtMs = performance.now();
  await withFileFailures('fetch mirror', signal, () =>
    inTurn(`mirror:${path}`, signal, async () => {
      // Of several waiting callers, the first one fetches for all of them.
      if ((begunAtMs.get(path) ?? 0) > askedAtMs && (await hasMirror(path))) return;
      const beginsAtMs = performance.now();
      // Only the owner may read what is fetched.
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await clearOldDrafts(path);
      if (!(await hasMirror(path)) && (await makeByDraft(path, (draft) => makeMirror(mirror, draft, head))))
        return;
      if (!(await hasMirror(path))) throw occupied(path);
      await clearTornPacks(path);
      await fetchAll(mirror, path, fetchMs);
      begunAtMs.set(path, beginsAtMs);
      await joinPacks(path, { signal });
    }),
  );
  return head;
}

function occupied(path: string): ConfigurationError {
  return gitFailures.MIRROR_OCCUPIED({ operation: 'fetch mirror', metadata: { path } }, { path });
}

async function makeMirror(mirror: Mirror, draft: string, { sha }: RemoteHead): Promise<void> {
  const call: GitCall = { signal: mirror.signal };
  const format = sha === null ? [] : [objectFormat(sha)];
  const init = ['init', '--quiet', '--bare', '--template=', '--initial-branch=main', ...format, draft];
  await runGit(dirname(draft), init, call);
  const settings = { 'core.logAllRefUpdates': 'true', 'core.hooksPath': '/dev/null', 'gc.auto': '0' };
  for (const [key, value] of Object.entries(settings)) await runGit(draft, ['config', key, value], call);
  await fetchAll(mirror, draft, firstFetchMs);
}

/** git refuses to update a reference only if another process moves it at the same time, so the fetch is repeated. */
async function fetchAll({ address, signal }: Mirror, into: string, timeoutMs: number): Promise<void> {
  const args = [...liveliness, 'fetch', ...fetchOptions, '--', address, ...refspecs];
  for (let attempt = 1; ; attempt += 1) {
    try {
      await runRemoteGit(into, args, address, { signal, timeoutMs });
      return;
    } catch (error) {
      const isRace =
        isMooseError(error) && ['REMOTE_REJECTED', 'REF_MOVED', 'REF_BLOCKED'].includes(error.code);
      if (!isRace || attempt === raceTriesMax) throw error;
      await sleep(backoffMs(defaultBackoff, attempt - 1, Math.random), signal);
    }
  }
}

/** Fetches everything again, whatever the mirror seems to have: after a failure of the disk, it may lack some of it. */
export async function refetchMirror({ path, address, signal }: Mirror): Promise<void> {
  const args = [...liveliness, 'fetch', '--refetch', ...fetchOptions, '--', address, ...refspecs];
  await withFileFailures('fetch mirror', signal, () =>
    inTurn(`mirror:${path}`, signal, async () => {
      await runRemoteGit(path, args, address, { signal, timeoutMs: firstFetchMs });
    }),
  );
}

/** Deletes the temporary packs that killed fetches left behind. */
async function clearTornPacks(path: string): Promise<void> {
  const folder = join(path, 'objects', 'pack');
  for (const name of await readdir(folder)) {
    if (!/^(tmp_|\.tmp-)/.test(name)) continue;
    const torn = join(folder, name);
    const found = await lstatIfThere(torn);
    if (found && Date.now() - found.mtimeMs > tornPackMaxAgeMs) await rm(torn, { force: true });
  }
}

/**
 * Makes sure that the mirror has this commit. If another machine started the work, the commit may no longer be on any
 * branch of the remote; then it is fetched by its hash.
 * @throws MIRROR_COMMIT_MISSING
 */
export async function ensureMirrorWith(mirror: Mirror, sha: string): Promise<void> {
  assertSha(sha);
  const { path, address, signal } = mirror;
  const call: GitCall = { signal };
  if ((await hasMirror(path)) && (await hasCommit(path, sha, call))) return;
  await syncMirror(mirror);
  if (await hasCommit(path, sha, call)) return;
  const args = ['fetch', ...fetchOptions.filter((option) => option !== '--prune'), '--', address, sha];
  try {
    await runRemoteGit(path, args, address, { signal, timeoutMs: fetchMs });
  } catch (cause) {
    if (!isMooseError(cause) || cause.category === 'transient') throw cause;
    throw commitGone(mirror, sha, cause);
  }
  if (!(await hasCommit(path, sha, call))) throw commitGone(mirror, sha, undefined);
}

function commitGone({ path, address }: Mirror, sha: string, cause: unknown): ConfigurationError {
  return gitFailures.MIRROR_COMMIT_MISSING(
    { operation: 'fetch mirror', metadata: { path, address, sha }, cause },
    { sha: sha.slice(0, 12), address },
  );
}
