// Gathers what is merged with a change from the database and the repository, and decides whether it is green together
// with that (R-GREEN-11).
import { createHash } from 'node:crypto';
import { isMooseError, type MooseError } from '../../../domain/failure.ts';
import type { ProjectId } from '../../../domain/ids.ts';
import type { OtherChange, TogetherMode } from '../../../domain/work-order/together.ts';
import { learnMergeBases, mergeBaseOf, mergeChanges, wayBack } from '../../../git/merge/merge-changes.ts';
import { commitsAmong, commitsSince } from '../../../git/read/revision.ts';
import { ensureRemoteCommitAmong } from '../../../git/remote/remote.ts';
import { isThere } from '../../../git/run/is-there.ts';
import type { Database } from '../../../store/database.ts';
import {
  mergedChanges,
  type OpenChange,
  openChanges,
} from '../../../store/work/pull-requests/open-changes.ts';
import {
  type Comparable,
  likelyConflicts,
  type Surroundings,
} from '../../../verification/together/likely-conflicts.ts';
import type { ProjectHere } from '../project-here.ts';
import { remotePlace } from '../remote-place.ts';
import { comparableChange } from './changed-files.ts';
import { findSurroundings } from './find-surroundings.ts';
import { type CheckTree, type JudgedTogether, judgeTogether, type Neighbour } from './judge-together.ts';

export interface TogetherPlace {
  database: Database;
  project: ProjectHere;
  dataDirectory: string;
  signal?: AbortSignal | undefined;
}

export interface AskedWithOthers {
  mode: Exclude<TogetherMode, 'off'>;
  workOrderId: string;
  headSha: string;
  treeSha: string;
  /** Into which it is to be merged; that of a stacked change is the branch of another one. */
  baseBranch: string;
  /** The commands of the checks: what they reach may judge every file. */
  commands: readonly string[];
  /** False before a merge: then only what the base has gained counts. */
  withOpen: boolean;
  check: CheckTree;
  /** What stands in for a remote that cannot be reached. Absent: its failure is thrown. */
  whileAway?: { tipSha: string; record(failure: MooseError): Promise<void> };
}

/** Null if nothing can be compared here: the base branch or the repository is not there. */
export async function checkWithOthers(
  place: TogetherPlace,
  asked: AskedWithOthers,
): Promise<JudgedTogether | null> {
  const { project, signal, database } = place;
  const { repositoryPath } = project;
  if (!(await isThere(repositoryPath))) return null;
  const open = await database.run((query) => openChanges(query, project.id), signal);
  const rootOf = rootsOf(open);
  const baseBranch = rootOf(asked.baseBranch);
  const { headSha, treeSha, mode, check } = asked;
  const earlier = asked.withOpen ? earlierOf(open, asked.workOrderId) : [];
  const sameBase = earlier.filter((each) => rootOf(each.baseBranch) === baseBranch);
  const { tipSha, known } = await baseTip(place, baseBranch, sameBase, asked.whileAway);
  if (tipSha === null) return null;
  const heads = known.size === 0 ? [] : [headSha, ...known];
  const history = await learnMergeBases(repositoryPath, tipSha, heads, { signal });
  const startSha = await mergeBaseOf(repositoryPath, tipSha, headSha, { signal });
  if (startSha === null) return null;
  const here = sameBase.filter((each) => known.has(each.headSha));
  const others = (await apartFrom(place, here, { headSha, tipSha, history })).map(neighbourOf);
  const compare = comparing(place, { startSha, tipSha, headSha, commands: asked.commands });
  return judgeTogether({
    mode,
    ours: { headSha, treeSha, startSha },
    tipSha,
    baseName: await nameOfBase(place, { baseBranch, startSha, tipSha }),
    others,
    isLikely: async (other) => (await compare(other)).length > 0,
    merge: (baseSha, heads) => mergeChanges({ repositoryPath, baseSha, heads, signal }),
    check,
  });
}

/** Part of the key under which a result is kept: everything that it depends on besides the tree. */
export function checkKeyOf(on: {
  commands: readonly string[];
  environment: Readonly<Record<string, string>>;
  marks: readonly string[];
}): string {
  return createHash('sha256').update(JSON.stringify(on)).digest('hex');
}

/** A stacked change goes where the change below it goes. */
function rootsOf(open: readonly OpenChange[]): (branch: string) => string {
  const below = new Map(open.map(({ headBranch, baseBranch }) => [headBranch, baseBranch]));
  return (branch) => {
    let root = branch;
    for (let steps = 0; steps <= open.length; steps += 1) root = below.get(root) ?? root;
    return root;
  };
}

/** The later one is judged together with the earlier ones. */
function earlierOf(open: readonly OpenChange[], workOrderId: string): OpenChange[] {
  const own = open.find((each) => each.workOrderId === workOrderId && each.number !== null);
  return open.filter(
    (each) => each.workOrderId !== workOrderId && (own === undefined || each.since < own.since),
  );
}

const neighbourOf = ({ workOrderId, title, number, headSha }: OpenChange): Neighbour => ({
  workOrderId,
  title,
  number,
  headSha,
});

/** Without those that this change contains. */
async function apartFrom(
  { project: { repositoryPath }, signal }: TogetherPlace,
  others: readonly OpenChange[],
  { headSha, tipSha, history }: { headSha: string; tipSha: string; history: History },
): Promise<OpenChange[]> {
  if (others.length === 0) return [];
  const call = { signal };
  const own = history?.has(headSha)
    ? wayBack(headSha, history).own
    : new Set(await commitsSince(repositoryPath, { from: tipSha, to: headSha }, call));
  const apart: OpenChange[] = [];
  for (const other of others) {
    if (own.has(other.headSha)) continue;
    // Merged already: it is part of the base.
    const isMerged = (await mergeBaseOf(repositoryPath, tipSha, other.headSha, call)) === other.headSha;
    if (!isMerged) apart.push(other);
  }
  return apart;
}

type History = Awaited<ReturnType<typeof learnMergeBases>>;

interface BaseTip {
  tipSha: string | null;
  /** The heads of the other changes whose commit is to be found. */
  known: ReadonlySet<string>;
}

async function baseTip(
  place: TogetherPlace,
  branch: string,
  others: readonly OpenChange[],
  whileAway: AskedWithOthers['whileAway'],
): Promise<BaseTip> {
  const heads = others.map(({ headSha }) => headSha);
  const amongHeads = () => commitsAmong(place.project.repositoryPath, heads, { signal: place.signal });
  let tip: Awaited<ReturnType<typeof tipOf>>;
  try {
    tip = await tipOf(place, branch, heads);
  } catch (cause) {
    if (!whileAway || !isMooseError(cause) || place.signal?.aborted) throw cause;
    await whileAway.record(cause);
    return { tipSha: whileAway.tipSha, known: heads.length === 0 ? new Set() : await amongHeads() };
  }
  if (tip === null) return { tipSha: null, known: new Set() };
  const missing = others.filter(({ headSha }) => !tip.known.has(headSha));
  for (const other of missing) await tipOf(place, other.headBranch, []);
  return { tipSha: tip.sha, known: missing.length === 0 ? new Set(heads) : await amongHeads() };
}

/** The newest commit of a branch of the remote; null if there is no such branch. */
async function tipOf(
  { project, dataDirectory, signal }: TogetherPlace,
  branch: string,
  heads: readonly string[],
): Promise<{ sha: string; known: ReadonlySet<string> } | null> {
  const { repositoryPath } = project;
  const { url: remoteUrl, isMooses } = await remotePlace(project, dataDirectory, signal);
  // Before the first change is published, nothing else is there.
  if (isMooses && !(await isThere(remoteUrl))) return null;
  try {
    return await ensureRemoteCommitAmong({ repositoryPath, remoteUrl, isMooses, branch, signal }, heads);
  } catch (cause) {
    if (isMooseError(cause) && cause.code === 'BRANCH_MISSING') return null;
    throw cause;
  }
}

/** Names the changes that were merged meanwhile, if they are Moose's. */
export async function nameOfBase(
  { database, project, signal }: Omit<TogetherPlace, 'dataDirectory'>,
  { baseBranch, startSha, tipSha }: { baseBranch: string; startSha: string; tipSha: string },
): Promise<OtherChange> {
  const { repositoryPath, id } = project;
  const call = { signal };
  const merged = startSha === tipSha ? [] : await mergedInto(database, id, baseBranch, signal);
  const gained =
    merged.length === 0
      ? new Set<string>()
      : new Set(await commitsSince(repositoryPath, { from: startSha, to: tipSha }, call));
  const since = merged.filter(({ headSha }) => gained.has(headSha));
  const [only] = since;
  if (only && since.length === 1)
    return { workOrderId: only.workOrderId, title: only.title, number: only.number };
  const named = since.map(({ number, title }) => `pull request ${number} ("${title}")`).slice(0, namedMax);
  const with_ = named.length > 0 ? `, among them ${named.join(', ')}` : '';
  return { workOrderId: null, title: `what ${baseBranch} has gained meanwhile${with_}`, number: null };
}

const namedMax = 5;

const mergedInto = (database: Database, id: ProjectId, branch: string, signal: AbortSignal | undefined) =>
  database.run((query) => mergedChanges(query, id, branch), signal);

function comparing(
  { project, signal }: TogetherPlace,
  {
    startSha,
    tipSha,
    headSha,
    commands,
  }: { startSha: string; tipSha: string; headSha: string; commands: readonly string[] },
) {
  const { repositoryPath } = project;
  const read = (baseSha: string, head: string) =>
    comparableChange({ repositoryPath, baseSha, headSha: head, signal });
  let ours: Promise<Comparable> | undefined;
  let around: Promise<Surroundings> | undefined;
  return async (other: Neighbour) => {
    ours ??= read(startSha, headSha);
    around ??= findSurroundings(repositoryPath, startSha, commands, signal);
    const [mine, surroundings] = await Promise.all([ours, around]);
    const isBase = other.headSha === tipSha;
    const from = isBase ? startSha : await mergeBaseOf(repositoryPath, tipSha, other.headSha, { signal });
    // Without a common history, everything may be connected.
    if (from === null) return [{ kind: 'same file' as const, text: 'they have no commit in common' }];
    return likelyConflicts(mine, await read(from, other.headSha), surroundings);
  };
}
