// Branches of work orders on the remotes of their projects.
import { shortId } from '../../domain/ids.ts';
import { branchMissing } from '../../git/refs/branch.ts';
import { branchPrefix } from '../../git/refs/branch-name.ts';
import { deleteRemoteBranch, pushBranch } from '../../git/remote/remote.ts';
import { remoteBranchesBelow } from '../../git/remote/remote-branch.ts';
import { projectById } from '../../store/work/projects/projects.ts';
import type { Branches, BranchFact } from '../../store/work/runs/machine-facts.ts';
import { projectHere } from '../run/project-here.ts';
import { type RemotePlace, remotePlace } from '../run/remote-place.ts';
import type { DriftKind, Found, Look } from './drift-kind.ts';
import { settledBranches } from './kinds-of-branches.ts';
import { isOpenOnForge } from './kinds-of-forges.ts';

interface OnRemote {
  fact: BranchFact;
  place: RemotePlace;
  sha: string | null;
}

/** The branches on the remotes, by one `git ls-remote` per project with pushed work. Failing projects are skipped. */
async function onRemotes(look: Look, which: Branches): Promise<OnRemote[]> {
  const pushed = (await settledBranches(look, which)).filter(({ fact }) => fact.pushState !== null);
  const compared: OnRemote[] = [];
  for (const [projectId, ofProject] of Map.groupBy(pushed, ({ fact }) => fact.projectId))
    await unlessItFails(look, ofProject, async () => {
      const row = await look.database.run((query) => projectById(query, projectId), look.signal);
      const project = projectHere(row, look.settings.dataDirectory);
      const place = await remotePlace(project, look.settings.dataDirectory, look.signal);
      const where = {
        repositoryPath: project.repositoryPath,
        remoteUrl: place.url,
        isMooses: place.isMooses,
      };
      const there = await remoteBranchesBelow({ ...where, signal: look.signal }, branchPrefix);
      for (const { fact } of ofProject) compared.push({ fact, place, sha: there.get(fact.branch) ?? null });
    });
  return compared;
}

/** Open differences of these branches stay open if the branches could not be checked. */
async function unlessItFails(
  look: Look,
  branches: ReadonlyArray<{ fact: BranchFact }>,
  act: () => Promise<void>,
): Promise<void> {
  try {
    await act();
  } catch (cause) {
    look.signal.throwIfAborted();
    const names = branches.map(({ fact }) => ` ${fact.branch}`);
    look.leaveOut((subject) => names.some((name) => subject.endsWith(name)), cause);
  }
}

const remoteDeleted: DriftKind = {
  name: 'remote-branch-deleted',
  side: 'forge',
  seenBy: 'machine',
  means: 'The branch of an open pull request is gone from the remote.',
  repair: 'push it again',
  isSafe: false,
  isSeldom: true,
  find: async (look) => {
    const found: Found[] = [];
    for (const one of await onRemotes(look, 'in use')) {
      const { fact, place, sha } = one;
      if (fact.pushState !== 'done' || sha !== null || !fact.hasOpenPullRequest) continue;
      await unlessItFails(look, [one], async () => {
        if (place.isMooses || (await isOpenOnForge(look, fact))) found.push(deletedOnRemote(look, one));
      });
    }
    return found;
  },
};

function deletedOnRemote({ signal }: Look, { fact, place }: OnRemote): Found {
  const { workOrderId, repositoryPath, branch, pushedSha } = fact;
  return {
    subject: `${place.shownUrl} ${branch}`,
    workOrderId,
    what: `${shortId(workOrderId)}: its branch ${branch} was deleted on the remote`,
    evidence: `${place.shownUrl} does not have it, and its pull request is open`,
    act: async () => {
      if (pushedSha === null) throw branchMissing(branch, 'the rows', 'push');
      const where = { repositoryPath, remoteUrl: place.url, branch, isMooses: place.isMooses };
      await pushBranch({ ...where, sha: pushedSha, expectedRemoteSha: null, signal });
    },
  };
}

const remoteLeft: DriftKind = {
  name: 'remote-branch-of-undone-work',
  side: 'forge',
  seenBy: 'machine',
  means: 'A branch that Moose deleted on the remote when it undid the work, and that exists again.',
  repair: 'preserve its commits here under refs/moose/preserved, and delete it there',
  isSafe: false,
  isSeldom: true,
  removes: true,
  find: async (look) =>
    (await onRemotes(look, 'undone')).flatMap(({ fact, place, sha }) => {
      const { workOrderId, repositoryPath, branch, pushState, status } = fact;
      if (pushState !== 'undone' || sha === null || status !== 'cancelled') return [];
      const where = { repositoryPath, remoteUrl: place.url, branch, isMooses: place.isMooses };
      const preserveAs = shortId(workOrderId);
      return {
        subject: `${place.shownUrl} ${branch}`,
        workOrderId,
        what: `${preserveAs}: its branch ${branch} was deleted on the remote, and is there again`,
        evidence: `${place.shownUrl} has it at ${sha.slice(0, 12)}`,
        act: async () =>
          void (await deleteRemoteBranch({ ...where, expectedSha: sha, preserveAs, signal: look.signal })),
      };
    }),
};

export const kindsOfRemotes: readonly DriftKind[] = [remoteDeleted, remoteLeft];
