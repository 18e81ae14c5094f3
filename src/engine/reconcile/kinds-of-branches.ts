// Branches of work orders in the repositories of this machine, and preserved refs.
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { shortId } from '../../domain/ids.ts';
import { presentCommits } from '../../git/read/list-refs.ts';
import { deleteBranch } from '../../git/refs/branch.ts';
import { moveRef } from '../../git/refs/move-ref.ts';
import { keepCommit } from '../../git/refs/preserve.ts';
import { removeLeftLock, unprovenLockMaxAgeMs } from '../../git/run/stale-lock.ts';
import { commonGitDir } from '../../git/worktree/worktree-list.ts';
import { hasErrorCode } from '../../stdx/system-error.ts';
import { type Branches, type BranchFact, knownShortIds } from '../../store/work/runs/machine-facts.ts';
import type { DriftKind, Found, Look } from './drift-kind.ts';
import { isOlderThan } from './set-aside.ts';
import { branchRef, preservedPrefix, type RepositoryView } from './world-view.ts';

/** The branches of work that is not being carried out, with the repositories on this machine. */
export async function settledBranches({ world, before }: Look, which: Branches | 'astray') {
  const repositories = await world.repositories();
  const facts = await (which === 'astray' ? world.astrayBranches() : world.branchFacts(which));
  return facts.flatMap((fact) => {
    const repository = repositories.get(fact.repositoryPath);
    return repository && !fact.hasRun && fact.changedAt < before ? [{ fact, repository }] : [];
  });
}

/** Which of these commits exist in their repositories, with one process per repository. */
async function withPresence<T extends { repository: RepositoryView; sha: string | null }>(
  { signal }: Look,
  ones: readonly T[],
): Promise<Array<T & { isPresent: boolean }>> {
  const present = new Map<string, Set<string>>();
  for (const { path } of new Set(ones.map(({ repository }) => repository))) {
    const shas = ones.flatMap(({ repository, sha }) => (repository.path === path && sha ? [sha] : []));
    present.set(path, await presentCommits(path, shas, { signal }));
  }
  return ones.map((one) => ({
    ...one,
    isPresent: one.sha !== null && present.get(one.repository.path)?.has(one.sha) === true,
  }));
}

const unknown: DriftKind = {
  name: 'branch-unknown',
  side: 'branches',
  seenBy: 'machine',
  means: 'A local branch that is named like the branch of a work order which does not exist.',
  repair: 'preserve its commits under refs/moose/preserved, and delete it',
  isSafe: false,
  removes: true,
  find: async (look) => {
    const branches = Array.from((await look.world.repositories()).values()).flatMap(({ path, refs }) =>
      Array.from(refs).flatMap(([ref, sha]) => {
        const id = /^refs\/heads\/moose\/([0-9a-f]{8})(?:-|$)/.exec(ref)?.[1];
        return id ? [{ id, path, sha, branch: ref.slice('refs/heads/'.length) }] : [];
      }),
    );
    const ids = [...new Set(branches.map(({ id }) => id))];
    const known = await look.database.run((query) => knownShortIds(query, ids), look.signal);
    return branches
      .filter(({ id }) => !known.has(id))
      .map(({ id, path: repositoryPath, sha: expectedSha, branch }) => ({
        subject: `${repositoryPath} ${branch}`,
        what: `The branch ${branch} in ${repositoryPath} belongs to no work order`,
        evidence: `there is no work order ${id}; the branch is at ${expectedSha.slice(0, 12)}`,
        act: async () => {
          const deletion = { repositoryPath, branch, expectedSha, preserveAs: `branch-${id}` };
          await deleteBranch({ ...deletion, signal: look.signal });
        },
      }));
  },
};

const missing: DriftKind = {
  name: 'branch-missing',
  side: 'branches',
  seenBy: 'machine',
  means: 'The branch of open work, or of an open pull request, is not in the repository.',
  repair: 'create it again at the commit of the change, which the repository still has',
  isSafe: true,
  find: async (look) => {
    const gone = (await settledBranches(look, 'in use')).flatMap(({ fact, repository }) => {
      const isNeeded = fact.status === 'needs_review' || fact.hasOpenPullRequest;
      if (fact.branchState !== 'done' || !isNeeded || repository.refs.has(branchRef(fact.branch))) return [];
      return [{ fact, repository, sha: fact.headSha ?? fact.pushedSha }];
    });
    return (await withPresence(look, gone)).map(({ fact, repository, sha, isPresent }) => ({
      subject: `${repository.path} ${fact.branch}`,
      workOrderId: fact.workOrderId,
      what: `${shortId(fact.workOrderId)}: its branch ${fact.branch} is gone`,
      evidence: `${repository.path} has no such branch; ${
        isPresent ? `it has the commit ${sha?.slice(0, 12)}` : 'it does not have its commit either'
      }`,
      isSafe: isPresent,
      act: isPresent && sha !== null ? () => makeBranch(look, fact, sha) : null,
    }));
  },
};

async function makeBranch(
  { signal }: Look,
  { repositoryPath, branch }: BranchFact,
  sha: string,
): Promise<void> {
  const move = { ref: branchRef(branch), from: null, to: sha, because: 'moose: branch made again' };
  await moveRef(repositoryPath, move, { signal });
}

const undone: DriftKind = {
  name: 'branch-of-undone-work',
  side: 'branches',
  seenBy: 'machine',
  means: 'A branch that Moose deleted when it undid the work, and that exists again.',
  repair: 'preserve its commits under refs/moose/preserved, and delete it',
  isSafe: false,
  removes: true,
  find: async (look) =>
    (await settledBranches(look, 'astray')).flatMap(({ fact, repository }) => {
      const sha = repository.refs.get(branchRef(fact.branch));
      if (fact.branchState !== 'undone' || fact.status !== 'cancelled' || sha === undefined) return [];
      const preserveAs = shortId(fact.workOrderId);
      const deletion = { repositoryPath: repository.path, branch: fact.branch, expectedSha: sha, preserveAs };
      return {
        subject: `${repository.path} ${fact.branch}`,
        workOrderId: fact.workOrderId,
        what: `${preserveAs}: its branch ${fact.branch} was deleted, and is there again`,
        evidence: `${repository.path} has it at ${sha.slice(0, 12)}`,
        act: async () => void (await deleteBranch({ ...deletion, signal: look.signal })),
      };
    }),
};

const unpreserved: DriftKind = {
  name: 'preserved-missing',
  side: 'branches',
  seenBy: 'machine',
  means: 'The change of undone work is no longer on any branch, nor under refs/moose/preserved.',
  repair: 'preserve it again: the repository still has its commit',
  isSafe: true,
  find: async (look) => {
    const gone = (await settledBranches(look, 'astray')).flatMap(({ fact, repository: { path, refs } }) => {
      const isUndone = fact.branchState === 'undone' && fact.headSha !== null && fact.pushState !== 'done';
      const isKept =
        refs.has(preservedPrefix + shortId(fact.workOrderId)) || refs.has(branchRef(fact.branch));
      if (!isUndone || isKept) return [];
      return [{ fact, repository: { path, refs }, sha: fact.headSha }];
    });
    return (await withPresence(look, gone)).map(({ fact, repository, sha, isPresent }) => {
      const id = shortId(fact.workOrderId);
      return {
        subject: `${repository.path} ${id}`,
        workOrderId: fact.workOrderId,
        what: `${id}: its preserved work is no longer under any ref`,
        evidence: `${repository.path} has no ${preservedPrefix}${id}; ${
          isPresent ? `it still has the commit ${sha?.slice(0, 12)}` : 'its commit is gone too'
        }`,
        isSafe: isPresent,
        act:
          isPresent && sha !== null
            ? async () => void (await keepCommit(repository.path, sha, id, { signal: look.signal }))
            : null,
      };
    });
  },
};

/** The locks of git commands that Moose runs in a repository; all others belong to the repository's owner. */
async function locksIn(commonDir: string, isOwn: boolean): Promise<string[]> {
  const folders = ['refs/heads/moose', 'refs/moose/preserved', ...(isOwn ? ['.'] : [])];
  const locks: string[] = [];
  for (const folder of folders) {
    const names = await readdir(join(commonDir, folder)).catch((cause: unknown) => {
      if (hasErrorCode(cause, 'ENOENT', 'ENOTDIR')) return [];
      throw cause;
    });
    locks.push(
      ...names.filter((name) => name.endsWith('.lock')).map((name) => join(commonDir, folder, name)),
    );
  }
  return locks;
}

const lockLeft: DriftKind = {
  name: 'git-lock-left',
  side: 'branches',
  seenBy: 'machine',
  means:
    "A git lock that is older than any git command of Moose may run: in a mirror, or on a work order's branch.",
  repair: 'delete it if no git works in the repository',
  isSafe: true,
  find: async (look) => {
    const old = new Date(look.now.getTime() - unprovenLockMaxAgeMs);
    const found: Found[] = [];
    for (const { path } of (await look.world.repositories()).values()) {
      const commonDir = await commonGitDir(path, { signal: look.signal });
      const isOwn = path.startsWith(join(look.settings.dataDirectory, 'mirrors'));
      for (const lock of await locksIn(commonDir, isOwn)) {
        if (!(await isOlderThan(lock, old))) continue;
        found.push({
          subject: lock,
          what: `A lock was left in ${path}`,
          evidence: `${basename(lock)} has been there since before ${old.toISOString()}`,
          act: async () => {
            if (!(await removeLeftLock(lock, [commonDir]))) throw new TypeError('A git still works there');
          },
        });
      }
    }
    return found;
  },
};

export const kindsOfBranches: readonly DriftKind[] = [unknown, missing, undone, unpreserved, lockLeft];
