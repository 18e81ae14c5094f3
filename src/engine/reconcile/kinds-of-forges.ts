// Pull requests: what the forges say, and the rows.
import { localHost } from '../../domain/forge.ts';
import { shortId } from '../../domain/ids.ts';
import { isThere } from '../../git/is-there.ts';
import { listRefs } from '../../git/list-refs.ts';
import {
  type BranchFact,
  type OpenPullRequest,
  openPullRequests,
  type UnproposedBranch,
  unproposedBranches,
} from '../../store/work/machine-facts.ts';
import { projectById } from '../../store/work/projects.ts';
import { changePullRequest, endPullRequest, recordPullRequest } from '../../store/work/pull-requests.ts';
import type { PullRequest } from '../ports/forge.ts';
import { projectHere } from '../run/project-here.ts';
import { remotePlace } from '../run/remote-place.ts';
import type { DriftKind, Found, Look } from './drift-kind.ts';

/** Each is one call to a forge; the others follow in later looks. */
const askedPerLookMax = 50;
const localMax = 10_000;

type Told = { row: OpenPullRequest; told: PullRequest | null };

/** What the forges say about pull requests that are open according to their rows; each is asked once per look. */
function toldOf(look: Look): Promise<Told[]> {
  return look.world.once('pull requests', () => ask(look));
}

async function ask({ database, forges, before, signal }: Look): Promise<Told[]> {
  const given = { isLocal: false, before, max: askedPerLookMax };
  const told: Told[] = [];
  for (const row of await database.run((query) => openPullRequests(query, given), signal)) {
    const forge = await forges.of(row.projectId, signal);
    if (forge.host !== row.host) continue;
    told.push({ row, told: await forge.findPullRequest({ number: row.number }, signal) });
  }
  return told;
}

const nameOf = ({ workOrderId, host, repository, number }: OpenPullRequest) => ({
  subject: `${host}/${repository}#${number}`,
  workOrderId,
  title: `${shortId(workOrderId)}: its pull request ${number}`,
});

const endedByHand: DriftKind = {
  name: 'pull-request-ended-by-hand',
  side: 'forge',
  seenBy: 'all',
  means: 'A pull request that is open according to its row, and merged or closed on the forge.',
  repair: 'record it; if the work order waits for it, look at it now',
  isSafe: true,
  isFar: true,
  find: async (look) =>
    (await toldOf(look)).flatMap(({ row, told }) => {
      if (told === null || told.state === 'open') return [];
      const { subject, workOrderId, title } = nameOf(row);
      const { state, mergedSha } = told;
      return {
        ...{ subject, workOrderId },
        what: `${title} was ${state} on the forge`,
        evidence: `${told.url} is ${state}; its row says open`,
        act: () =>
          look.database.run(async (query) => {
            // Whoever follows it decides what its end means for the work order.
            if (row.isFollowed) await changePullRequest(query, row, row.number, { nextLookAt: look.now });
            else await endPullRequest(query, row, row.number, { state, mergedSha });
          }, look.signal),
      };
    }),
};

const missing: DriftKind = {
  name: 'pull-request-missing',
  side: 'forge',
  seenBy: 'all',
  means: 'A pull request that has a row, and that the forge does not know.',
  repair: 'look at it: the repository may have been moved or made again',
  isSafe: false,
  isFar: true,
  find: async (look) =>
    (await toldOf(look)).flatMap(({ row, told }) => {
      if (told !== null) return [];
      const { subject, workOrderId, title } = nameOf(row);
      return {
        ...{ subject, workOrderId },
        what: `${title} is not on the forge`,
        evidence: `${row.host} does not know number ${row.number} of ${row.repository}`,
        act: null,
      };
    }),
};

const unknown: DriftKind = {
  name: 'pull-request-unknown',
  side: 'forge',
  seenBy: 'all',
  means: "A pull request on the forge for a work order's branch, of which there is no row.",
  repair: 'record it as the pull request of the work order',
  isSafe: true,
  isFar: true,
  find: async (look) => {
    const { database, forges, before, signal } = look;
    const found: Found[] = [];
    const given = { before, max: askedPerLookMax };
    for (const one of await database.run((query) => unproposedBranches(query, given), signal)) {
      const forge = await forges.of(one.projectId, signal);
      if (forge.host === localHost) continue;
      const told = await forge.findPullRequest({ headBranch: one.branch }, signal);
      if (told === null) continue;
      found.push({
        subject: `${forge.host}/${forge.repository}#${told.number}`,
        workOrderId: one.workOrderId,
        what: `${shortId(one.workOrderId)}: it has a pull request that Moose does not know`,
        evidence: `${told.url} is ${told.state}, for its branch ${one.branch}`,
        act: () => adopt(look, one, forge, told),
      });
    }
    return found;
  },
};

async function adopt(
  { database, signal }: Look,
  { workOrderId, projectId }: UnproposedBranch,
  { host, repository }: { host: string; repository: string },
  told: PullRequest,
): Promise<void> {
  const { number, title, body, headBranch, headSha, baseBranch, baseSha, ...rest } = told;
  const { state, mergedSha, url, isDraft, mergeable } = rest;
  await database.run(
    (query) =>
      recordPullRequest(query, {
        ...{ workOrderId, projectId, host, repository, number, title, body, headBranch, headSha, baseBranch },
        ...{ baseSha: baseSha ?? '', state, mergedSha, url, isDraft, mergeable },
      }),
    signal,
  );
}

const mergedInGit: DriftKind = {
  name: 'pull-request-merged-in-git',
  side: 'forge',
  seenBy: 'machine',
  means:
    "A pull request of the local forge that is open, and whose commits are on its base branch of Moose's remote.",
  repair: 'record that it was merged',
  isSafe: true,
  find: async (look) => {
    const { database, before, settings, signal } = look;
    const given = { isLocal: true, before, max: localMax };
    const rows = await database.run((query) => openPullRequests(query, given), signal);
    const found: Found[] = [];
    for (const [projectId, ofProject] of Map.groupBy(rows, (row) => row.projectId)) {
      const project = projectHere(
        await database.run((query) => projectById(query, projectId), signal),
        settings.dataDirectory,
      );
      if (!(await isThere(project.repositoryPath))) continue;
      const place = await remotePlace(project, settings.dataDirectory, signal);
      if (!place.isMooses || !(await isThere(place.url))) continue;
      for (const [base, ofBase] of Map.groupBy(ofProject, (row) => row.baseBranch))
        found.push(...(await mergedInto(look, { path: place.url, base }, ofBase)));
    }
    return found;
  },
};

/** One process for each base branch, whatever the number of pull requests. */
async function mergedInto(
  look: Look,
  { path, base }: { path: string; base: string },
  rows: readonly OpenPullRequest[],
): Promise<Found[]> {
  const call = { signal: look.signal };
  const tip = (await listRefs(path, [`refs/heads/${base}`], call)).get(`refs/heads/${base}`);
  if (tip === undefined) return [];
  const merged = await listRefs(path, ['refs/heads'], { ...call, mergedInto: tip });
  return rows.flatMap((row) => {
    if (merged.get(`refs/heads/${row.headBranch}`) !== row.headSha) return [];
    const { subject, workOrderId, title } = nameOf(row);
    return {
      subject: `${row.projectId} ${subject}`,
      workOrderId,
      what: `${title} was merged with git`,
      evidence: `${base} in ${path} contains ${row.headSha.slice(0, 12)}`,
      act: async () => {
        const end = { state: 'merged' as const, mergedSha: tip };
        await look.database.run((query) => endPullRequest(query, row, row.number, end), look.signal);
      },
    };
  });
}

/** A merge often deletes the branch, and the row does not know of it yet: such a branch is not to be pushed again. */
export async function isOpenOnForge(
  { forges, signal }: Look,
  { projectId, openPullRequest: number }: BranchFact,
): Promise<boolean> {
  const forge = await forges.of(projectId, signal);
  if (forge.host === localHost || number === null) return true;
  return (await forge.findPullRequest({ number }, signal))?.state === 'open';
}

export const kindsOfForges: readonly DriftKind[] = [endedByHand, missing, unknown, mergedInGit];
