// The statements that draw leases, write the calls out of them, and give them back.
import { sql } from 'kysely';
import type { CallEnd } from '../../domain/agents/model-call.ts';
import type { Query } from '../database.ts';
import {
  bookCall,
  type CallBooking,
  type CallFacts,
  type DrawnCall,
  endJson,
  recordRefusedCall,
  usageJson,
  whole,
} from './draw-and-book-calls.ts';

const lostDraw: CallEnd = {
  httpStatus: null,
  failure: 'ledger_away',
  retryAfterMs: null,
  firstByteMs: null,
  durationMs: 0,
};

/** What a lease is for: the calls to one model that draw from one envelope. The key says which envelope. */
export type LeaseFor = Pick<CallFacts, 'keyId' | 'gatewayId' | 'provider' | 'model' | 'wire'>;

export interface DrawnLease {
  envelopeId: string;
  /** The hashes of the keys that may use it, by their IDs. */
  keys: Map<string, string>;
}

/** More keys than this draw their calls one by one. */
const keysMax = 1_024;

/** Null if the key may not draw, or if less than `leftLeastNanoUsd` would be left for others. */
export async function drawLease(
  query: Query,
  leaseId: string,
  of: LeaseFor,
  { nanoUsd, leftLeastNanoUsd }: { nanoUsd: bigint; leftLeastNanoUsd: bigint },
): Promise<DrawnLease | null> {
  const { rows } = await sql<{
    keyId: string;
    keyHash: string;
    envelopeId: string;
  }>`select * from draw_lease(${leaseId}::uuid, ${of.keyId}::uuid,
    ${of.gatewayId}::uuid, ${of.provider}, ${of.model}, ${of.wire}, ${nanoUsd.toString()}::bigint,
    ${leftLeastNanoUsd.toString()}::bigint, ${keysMax}::integer)`.execute(query);
  const envelopeId = rows[0]?.envelopeId;
  if (envelopeId === undefined) return null;
  return { envelopeId, keys: new Map(rows.map(({ keyId, keyHash }) => [keyId, keyHash])) };
}

export interface LeasedCall {
  leaseId: string;
  draw: DrawnCall;
  /** How it has ended, if it has, and if it cost at most its hold. */
  settled: CallBooking | null;
}

/** `written`: the cost, if there is one, is to be booked apart. `locked`: somebody else has a row of it; nothing is written. */
export type LeasedAnswer = 'done' | 'written' | 'locked';

/**
 * Writes calls out of leases, and their costs, in one transaction; idempotent. Answers in their order.
 * @param lastOf the leases of which these are the last calls: they are given back, unless they are locked
 */
export async function writeLeasedCalls(
  query: Query,
  calls: readonly LeasedCall[],
  lastOf: readonly string[] = [],
): Promise<LeasedAnswer[]> {
  const each = <T>(of: (call: DrawnCall) => T) => calls.map(({ draw }) => of(draw));
  const ended = <T>(of: (booking: CallBooking) => T) =>
    calls.map(({ settled }) => (settled === null ? null : of(settled)));
  const { rows } = await sql<{
    answer: LeasedAnswer;
  }>`select * from write_leased_calls(
    ${calls.map(({ leaseId }) => leaseId)}::uuid[], ${each((call) => call.callId)}::uuid[],
    ${each((call) => call.keyId)}::uuid[],
    ${each((call) => call.wire)}::text[], ${each((call) => call.isStream)}::boolean[],
    ${each((call) => call.worstCaseNanoUsd.toString())}::bigint[],
    ${each((call) => whole(call.inputTokensMax))}::bigint[],
    ${each((call) => whole(call.outputTokensMax))}::bigint[], ${each((call) => call.priceVersion)}::text[],
    ${ended(({ nanoUsd }) => nanoUsd?.toString() ?? null)}::bigint[],
    ${ended(({ usage }) => usageJson(usage))}::jsonb[],
    ${ended(({ end, pricedBy }) => endJson(end, pricedBy))}::jsonb[], ${lastOf}::uuid[])`.execute(query);
  return rows.map(({ answer }) => answer);
}

/** Gives back what no call has taken. Only after the last of its calls is written. */
export async function endLease(query: Query, leaseId: string): Promise<void> {
  await sql`select end_lease(${leaseId}::uuid)`.execute(query);
}

/** Gives back a lease that may not be drawn yet, because its answer was lost: from now on, it cannot be. */
export async function undoLease(query: Query, leaseId: string, of: CallFacts): Promise<void> {
  await recordRefusedCall(query, { ...of, callId: leaseId }, lostDraw);
  const nothing = { nanoUsd: null, usage: null, pricedBy: null };
  await bookCall(query, { callId: leaseId, kind: 'void', end: lostDraw, ...nothing });
}
