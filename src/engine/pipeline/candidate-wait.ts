// A candidate that has passed its checks, or that cannot continue, waits until its group is decided. It
// publishes nothing and asks nobody before that. The wait holds no slot and no process.
import type { CandidateFacts, CandidateFailure, CandidatePlace } from '../../domain/candidate.ts';
import { MooseError } from '../../domain/failure.ts';
import type { Query } from '../../store/database.ts';
import { newestArtifact } from '../../store/work/artifacts.ts';
import {
  type CandidateGroup,
  candidateRow,
  failuresOfGroup,
  groupById,
  lockGroup,
  type Settled,
  settleCandidate,
} from '../../store/work/candidates.ts';
import { lockMembers } from '../../store/work/groups.ts';
import { messagesOf } from '../../store/work/messages.ts';
import { holdFence } from '../../store/work/runs.ts';
import { lockWorkOrder } from '../../store/work/work-orders.ts';
import { decideIn } from '../commands/decide-candidates.ts';
import { leaveOutages } from '../recovery/outage.ts';
import { findResult, type GeneratingResult, type VerifyingResult } from '../run/step-results.ts';
import type { Work } from '../run/work.ts';
import { changedLines } from '../views/patch-files.ts';
import { unreadAmong } from './unread-messages.ts';
import { waitForGroup } from './wait-for-group.ts';

/**
 * `wait`: the run is over for now. `cancel`: another candidate is kept. `go on`: this one is kept, or it is not a candidate.
 * `look`: it reads a message first.
 */
export type CandidateTurn = 'wait' | 'cancel' | 'go on' | 'look';

/** Undefined if the work order is no candidate, or is the one that was kept. */
export async function undecidedPlace(work: Work): Promise<CandidatePlace | 'lost' | undefined> {
  const { order, database, signal } = work;
  const { candidate } = order.settings;
  if (candidate === undefined) return undefined;
  const group = await database.run((query) => groupById(query, candidate.group), signal);
  if (group.decidedAt === null) return candidate;
  return group.kept === order.id ? undefined : 'lost';
}

/** The failure with which the current run of a candidate ended; null if it has not. */
export async function settledFailure({ database, order, signal }: Work): Promise<CandidateFailure | null> {
  const { failure } = await database.run((query) => candidateRow(query, order.id), signal);
  return failure?.run === order.run ? failure : null;
}

export function failureFrom({
  category,
  because,
  isExhausted,
  run,
  ...fields
}: CandidateFailure): MooseError {
  return new MooseError(category, fields);
}

export async function settlePassed(work: Work, place: CandidatePlace): Promise<CandidateTurn> {
  const { database, order, signal } = work;
  const verified = await findResult<VerifyingResult>(work, 'verifying');
  const generated = await findResult<GeneratingResult>(work, 'generating');
  const patch = await database.run((query) => newestArtifact(query, order.id, 'patch'), signal);
  const review = verified?.review ?? generated?.review;
  const facts: CandidateFacts = {
    is_verified: verified?.isVerified === true,
    warnings: review?.findings.length ?? 0,
    changed_lines: patch === undefined ? 0 : changedLines(patch),
  };
  return settle(work, place, { facts });
}

/** Why its run ends, beside the failure. */
export type EndOfCandidate = Pick<CandidateFailure, 'because' | 'isExhausted'>;

/** Call this before a person is asked. `told`: what the question says about the other candidates. */
export async function settleFailed(
  work: Work,
  error: MooseError,
  end: EndOfCandidate,
): Promise<{ turn: CandidateTurn; told: string[] }> {
  const place = await undecidedPlace(work);
  if (place === 'lost') return { turn: 'cancel', told: [] };
  const { candidate } = work.order.settings;
  if (candidate === undefined) return { turn: 'go on', told: [] };
  const turn =
    place === undefined ? 'go on' : await settle(work, place, { failure: failureOf(work, error, end) });
  // A later run of the one that is kept fails by itself.
  if (turn !== 'go on' || (await settledFailure(work)) === null) return { turn, told: [] };
  return { turn, told: await work.database.run((query) => toldOf(query, candidate), work.signal) };
}

function failureOf({ order }: Work, error: MooseError, end: EndOfCandidate): CandidateFailure {
  const { code, message, advice, component, operation, severity, category, failureClass, metadata } = error;
  const fields = { code, message, component, operation, severity, category, failureClass, metadata };
  return { ...fields, ...(advice === undefined ? {} : { advice }), ...end, run: order.run };
}

/** One line for each failed candidate, if none has passed. */
async function toldOf(query: Query, { group, of }: CandidatePlace): Promise<string[]> {
  const { outcome } = await groupById(query, group);
  if (outcome !== 'none_passed') return [];
  const failures = await failuresOfGroup(query, group);
  return failures.map(({ number, failure }) => `Candidate ${number} of ${of}: ${failure.message}`);
}

/**
 * One transaction: the result, perhaps the decision, and the wait. The group is locked first, then runs and
 * work orders.
 */
async function settle(work: Work, place: CandidatePlace, settled: Settled): Promise<CandidateTurn> {
  const { database, order, run, signal } = work;
  const turn = await database.transaction<CandidateTurn>(async (query) => {
    const group = await lockGroup(query, place.group);
    await holdFence(query, run.id, run.fence);
    // Whoever sends a message locks the work order before it looks at what came of it.
    if (group.decidedAt === null) await lockMembers(query, 'candidates', group.id);
    if (group.decidedAt === null && 'facts' in settled && (await hasUnread(query, work))) return 'look';
    const decided = group.decidedAt === null ? await settleIn(query, work, group, settled) : group.kept;
    if (decided !== undefined) return decided === order.id ? 'go on' : 'cancel';
    if ((await lockWorkOrder(query, order.id)).cancelRequestedAt !== null) return 'cancel';
    // An answer about an outage would only wake it: it waits for the others now.
    await leaveOutages(query, order.id);
    const what = 'facts' in settled ? 'It has passed' : 'It has failed';
    await waitForGroup(query, work, `${what}, and waits for the other candidates.`);
    return 'wait';
  }, signal);
  work.reached('creating_pr:candidate-settled', run.id);
  return turn;
}

async function hasUnread(query: Query, work: Work): Promise<boolean> {
  return (await unreadAmong(work, await messagesOf(query, work.order.id))).length > 0;
}

/** The candidate that is kept; null if none is; undefined if that is not decided yet. */
async function settleIn(
  query: Query,
  work: Work,
  group: CandidateGroup,
  settled: Settled,
): Promise<CandidateGroup['kept'] | undefined> {
  await settleCandidate(query, work.order.id, settled);
  work.reached('creating_pr:candidate-settling', work.run.id);
  const decision = await decideIn(query, work, group);
  if (decision === null) return undefined;
  return decision.kept?.id ?? null;
}
