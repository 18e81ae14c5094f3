// Between two steps of a candidate: whether it may continue, waits for the decision, or has lost.

import { MooseError } from '../../../domain/failure.ts';
import type { CandidateFacts, GroupFailure, GroupPlace } from '../../../domain/group.ts';
import type { Query } from '../../../store/database.ts';
import {
  groupById,
  memberRow,
  membersOf,
  type Settled,
  settleMember,
} from '../../../store/work/groups/groups.ts';
import { newestArtifact } from '../../../store/work/sessions/artifacts.ts';
import { findResult } from '../../run/step-results.ts';
import type { Work } from '../../run/work.ts';
import { changedLines } from '../../views/work-order/patch-files.ts';
import { type GroupTurn, hasUnread, readFirst, type SettledTurn, settleInGroup } from './settle-in-group.ts';

export async function candidateTurn(work: Work, place: GroupPlace): Promise<GroupTurn> {
  const { database, order, run, signal } = work;
  const { decidedAt, kept } = await database.run((query) => groupById(query, place.group), signal);
  if (decidedAt !== null && kept !== order.id) return { end: 'cancelled' };
  const failed = await settledFailure(work);
  if (failed !== null) {
    const { because, isExhausted } = failed;
    return { end: 'review', failure: failureFrom(failed), because, isExhausted };
  }
  if (decidedAt !== null || order.step !== 'creating_pr') return 'go on';
  if (await readFirst(work)) return 'look';
  work.reached('creating_pr:group-passed', run.id);
  const turn = await settlePassed(work, place);
  return turn === 'cancel' ? { end: 'cancelled' } : turn;
}

/** The failure with which the current run of a candidate ended; null if it has not. */
async function settledFailure({ database, order, signal }: Work): Promise<GroupFailure | null> {
  const { failure } = await database.run((query) => memberRow(query, order.id), signal);
  return failure?.run === order.run ? failure : null;
}

function failureFrom({ category, because, isExhausted, run, ...fields }: GroupFailure): MooseError {
  return new MooseError(category, fields);
}

export async function settlePassed(work: Work, place: GroupPlace): Promise<SettledTurn> {
  const { database, order, signal } = work;
  const verified = await findResult(work, 'verifying');
  const generated = await findResult(work, 'generating');
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
type EndOfCandidate = Pick<GroupFailure, 'because' | 'isExhausted'>;

/** Call this before a person is asked. `told`: what the question says about the other candidates. */
export async function settleFailed(
  work: Work,
  place: GroupPlace,
  error: MooseError,
  end: EndOfCandidate,
): Promise<{ turn: SettledTurn; told: string[] }> {
  const turn = await settle(work, place, { failure: failureOf(work, error, end) });
  // A later run of the one that is kept fails by itself.
  if (turn !== 'go on' || (await settledFailure(work)) === null) return { turn, told: [] };
  return { turn, told: await work.database.run((query) => toldOf(query, place), work.signal) };
}

function failureOf({ order }: Work, error: MooseError, end: EndOfCandidate): GroupFailure {
  const { code, message, advice, component, operation, severity, category, failureClass, metadata } = error;
  const fields = { code, message, component, operation, severity, category, failureClass, metadata };
  return { ...fields, ...(advice === undefined ? {} : { advice }), ...end, run: order.run };
}

/** One line for each failed candidate, if none has passed. */
async function toldOf(query: Query, { group, of }: GroupPlace): Promise<string[]> {
  const { outcome } = await groupById(query, group);
  if (outcome !== 'none_passed') return [];
  const members = await membersOf(query, group);
  return members.flatMap(({ number, failure }) =>
    failure === null ? [] : [`Candidate ${number} of ${of}: ${failure.message}`],
  );
}

function settle(work: Work, place: GroupPlace, settled: Settled): Promise<SettledTurn> {
  const { order } = work;
  const hasPassed = 'facts' in settled;
  return settleInGroup(work, place, {
    settle: async (query) => {
      if (hasPassed && (await hasUnread(query, work))) return false;
      await settleMember(query, order.id, settled);
      return true;
    },
    next: async (_, { decidedAt, kept }) => {
      if (decidedAt !== null) return kept === order.id ? 'go on' : 'cancel';
      return { waitsFor: `It has ${hasPassed ? 'passed' : 'failed'}, and waits for the other candidates.` };
    },
  });
}
