// Compares pull requests on the forges with the rows.
import { localHost } from '../../domain/forge/forge.ts';
import { shortId } from '../../domain/ids.ts';
import { listRefs } from '../../git/read/list-refs.ts';
import { isThere } from '../../git/run/is-there.ts';
import { projectById } from '../../store/work/projects/projects.ts';
import {
  changePullRequest,
  endPullRequest,
  recordPullRequest,
} from '../../store/work/pull-requests/pull-requests.ts';
import {
  type BranchFact,
  type OpenPullRequest,
  openPullRequests,
  type UnproposedBranch,
  unproposedBranches,
} from '../../store/work/runs/machine-facts.ts';
import type { PullRequest } from '../ports/forge.ts';
import { projectHere } from '../run/project-here.ts';
import { remotePlace } from '../run/remote-place.ts';
import type { DriftKind, Found, Look } from './drift-kind.ts';

/** Each takes one call to a forge. If there are more, each look takes the next ones. */
const askedPerLookMax = 50;
const listedMax = 10_000;
/** Equal to the interval of the job, so that two consecutive looks take different ones. */
const turnMs = 10 * 60_000;

interface Told {
  row: OpenPullRequest;
  told: PullRequest | null;
}

interface Asked {
  told: Told[];
  failures: unknown[];
  /** The subjects that this look did not ask about. */
  leftOut: Set<string>;
}

/** What the forges report about pull requests whose rows are open; each is asked once per look. */
async function toldOf(look: Look): Promise<Told[]> {
  const { told, failures, leftOut } = await look.world.once('pull requests', () => ask(look));
  const isLeftOut = (subject: string) => leftOut.has(subject);
  for (const cause of failures.length > 0 ? failures : [undefined]) look.leaveOut(isLeftOut, cause);
  return told;
}

/** A forge that fails is not asked again in this look, and does not affect other forges. */
async function ask({ database, forges, before, now, signal }: Look): Promise<Asked> {
  const given = { isLocal: false, before, max: listedMax };
  const rows = await database.run((query) => openPullRequests(query, given), signal);
  const asked = new Set(inTurn(rows, now));
  const leftOut = new Set(rows.filter((row) => !asked.has(row)).map((row) => nameOf(row).subject));
  const told: Told[] = [];
  const failures = new Map<string, unknown>();
  for (const row of asked) {
    try {
      if (failures.has(row.projectId)) throw failures.get(row.projectId);
      const forge = await forges.of(row.projectId, signal);
      // In another repository, the same number is another pull request.
      if (forge.host !== row.host || forge.repository !== row.repository) {
        leftOut.add(nameOf(row).subject);
        continue;
      }
      told.push({ row, told: await forge.findPullRequest({ number: row.number }, signal) });
    } catch (cause) {
      signal.throwIfAborted();
      failures.set(row.projectId, cause);
      leftOut.add(nameOf(row).subject);
    }
  }
  return { told, failures: [...failures.values()], leftOut };
}

/** The pull requests to check in this look: after a few looks, every one has had its turn. */
function inTurn<T>(all: readonly T[], now: Date): T[] {
  const turns = Math.ceil(all.length / askedPerLookMax);
  const turn = turns === 0 ? 0 : Math.floor(now.getTime() / turnMs) % turns;
  return all.slice(turn * askedPerLookMax, (turn + 1) * askedPerLookMax);
}

function nameOf({ workOrderId, host, repository, number }: OpenPullRequest) {
  const subject = `${host}/${repository}#${number}`;
  return { subject, workOrderId, title: `${shortId(workOrderId)}: its pull request ${number}` };
}

const endedByHand: DriftKind = {
  name: 'pull-request-ended-by-hand',
  side: 'forge',
  seenBy: 'all',
  means: 'A pull request that is open according to its row, and merged or closed on the forge.',
  repair: 'record it; if the work order waits for it, look at it now',
  isSafe: true,
  isSeldom: true,
  find: async (look) =>
    (await toldOf(look)).flatMap(({ row, told }) => {
      if (told === null || told.state === 'open') return [];
      const { subject, workOrderId, title } = nameOf(row);
      const { state, mergedSha } = told;
      return {
        subject,
        workOrderId,
        what: `${title} was ${state} on the forge`,
        evidence: `${told.url} is ${state}; its row says open`,
        act: () =>
          look.database.run(async (query) => {
            // Whoever follows the pull request decides what its end means for the work order.
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
  repair: 'check it yourself: the repository may have been moved or created again',
  isSafe: false,
  isSeldom: true,
  find: async (look) =>
    (await toldOf(look)).flatMap(({ row, told }) => {
      if (told !== null) return [];
      const { subject, workOrderId, title } = nameOf(row);
      return {
        subject,
        workOrderId,
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
  means: "A pull request on the forge for a work order's branch, without a row for it.",
  repair: 'record it as the pull request of the work order',
  isSafe: true,
  isSeldom: true,
  find: async (look) => {
    const { database, before, now, signal } = look;
    const found: Found[] = [];
    const failed = new Set<string>();
    const given = { before, max: listedMax };
    const all = await database.run((query) => unproposedBranches(query, given), signal);
    for (const one of inTurn(all, now)) {
      if (failed.has(one.projectId)) continue;
      try {
        found.push(...(await proposedElsewhere(look, one)));
      } catch (cause) {
        signal.throwIfAborted();
        failed.add(one.projectId);
        look.leaveOut(() => true, cause);
      }
    }
    if (all.length > askedPerLookMax) look.leaveOut(() => true);
    return found;
  },
};

async function proposedElsewhere(look: Look, one: UnproposedBranch): Promise<Found[]> {
  const forge = await look.forges.of(one.projectId, look.signal);
  if (forge.host === localHost) return [];
  const told = await forge.findPullRequest({ headBranch: one.branch }, look.signal);
  if (told === null) return [];
  return [
    {
      subject: `${forge.host}/${forge.repository}#${told.number}`,
      workOrderId: one.workOrderId,
      what: `${shortId(one.workOrderId)}: it has a pull request that Moose does not know`,
      evidence: `${told.url} is ${told.state}, for its branch ${one.branch}`,
      act: () => adopt(look, one, forge, told),
    },
  ];
}

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
        workOrderId,
        projectId,
        host,
        repository,
        number,
        title,
        body,
        headBranch,
        headSha,
        baseBranch,
        baseSha: baseSha ?? '',
        state,
        mergedSha,
        url,
        isDraft,
        mergeable,
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
    const given = { isLocal: true, before, max: listedMax };
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

/** A merge often deletes the branch before the row is updated: such a branch must not be pushed again. */
export async function isOpenOnForge(
  { forges, signal }: Look,
  { projectId, openPullRequest: number }: BranchFact,
): Promise<boolean> {
  const forge = await forges.of(projectId, signal);
  if (forge.host === localHost || number === null) return true;
  return (await forge.findPullRequest({ number }, signal))?.state === 'open';
}

export const kindsOfForges: readonly DriftKind[] = [endedByHand, missing, unknown, mergedInGit];
