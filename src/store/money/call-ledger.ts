// The statements that draw a call from its envelope and end it: each is one round trip, and idempotent.
import { sql } from 'kysely';
import type { CallEnd, TokenUsage } from '../../domain/model-call.ts';
import type { Query } from '../database.ts';
import { storableText, toJson } from '../storable.ts';

/** A call as the gateway knows it before it is sent. */
export interface CallFacts {
  callId: string;
  keyId: string;
  /** The SHA-256 hash in hexadecimal digits. */
  keyHash: string;
  gatewayId: string;
  provider: string;
  model: string;
  wire: string;
  isStream: boolean;
  inputTokensMax: number;
  outputTokensMax: number;
}

export interface DrawnRow {
  kind: 'drawn' | 'no_room' | 'frozen' | 'key_invalid' | 'stopped';
  leftNanoUsd: bigint;
  openNanoUsd: bigint;
  reason: string | null;
}

export async function drawCall(
  query: Query,
  call: CallFacts & { worstCaseNanoUsd: bigint; priceVersion: string },
): Promise<DrawnRow> {
  const { rows } =
    await sql<DrawnRow>`/* prepared: draw_call */ select * from draw_call(${call.callId}::uuid, ${call.keyId}::uuid,
    ${hashBytes(call.keyHash)}, ${call.gatewayId}::uuid, ${call.provider}, ${call.model}, ${call.wire}, ${call.isStream},
    ${call.worstCaseNanoUsd.toString()}::bigint, ${whole(call.inputTokensMax)}::bigint, ${whole(call.outputTokensMax)}::bigint,
    ${call.priceVersion})`.execute(query);
  const [row] = rows;
  if (!row) throw new TypeError('draw_call returned no row');
  return row;
}

/** Returns false if nothing changed. */
export function shrinkCall(query: Query, callId: string, worstCaseNanoUsd: bigint): Promise<boolean> {
  return isDone(query, sql`shrink_call(${callId}::uuid, ${worstCaseNanoUsd.toString()}::bigint)`);
}

/** Returns false if the call was settled before, or is unknown. */
export function settleCall(
  query: Query,
  callId: string,
  actual: { nanoUsd: bigint; usage: TokenUsage },
  end: CallEnd,
): Promise<boolean> {
  return isDone(
    query,
    sql`settle_call(${callId}::uuid, ${actual.nanoUsd.toString()}::bigint, ${usageJson(actual.usage)}::jsonb,
      ${endJson(end)}::jsonb)`,
  );
}

export function presumeCall(query: Query, callId: string, end: CallEnd): Promise<boolean> {
  return isDone(query, sql`presume_call(${callId}::uuid, '{}', ${endJson(end)}::jsonb)`);
}

export function voidCall(query: Query, callId: string, end: CallEnd): Promise<boolean> {
  return isDone(query, sql`void_call(${callId}::uuid, ${endJson(end)}::jsonb)`);
}

export function recordRefusedCall(query: Query, call: CallFacts, end: CallEnd): Promise<boolean> {
  return isDone(
    query,
    sql`record_refused_call(${call.callId}::uuid, ${call.keyId}::uuid, ${hashBytes(call.keyHash)},
      ${call.gatewayId}::uuid, ${call.provider}, ${call.model}, ${call.wire}, ${call.isStream},
      ${whole(call.inputTokensMax)}::bigint, ${whole(call.outputTokensMax)}::bigint, ${endJson(end)}::jsonb)`,
  );
}

/** The limit for the request and for the answer; the rest is cut off. */
const bodyCharsMax = 1_000_000;

/** Stores the bodies of a call, unless it already has some. */
export async function keepBodies(
  query: Query,
  callId: string,
  bodies: { request: string; response: string },
): Promise<void> {
  // Secrets are removed before the text is cut, because half of one would stay.
  const kept = (text: string) => storableText(text).slice(0, bodyCharsMax);
  await sql`insert into call_bodies (call_id, request, response)
    select id, ${kept(bodies.request)}, ${kept(bodies.response)} from cost_tracking where id = ${callId}::uuid
    on conflict (call_id) do nothing`.execute(query);
}

/** Returns how many were deleted. */
export async function dropOldBodies(query: Query, olderThanMs: number): Promise<number> {
  const { numAffectedRows } = await sql`delete from call_bodies
    where created_at < clock_timestamp() - ${olderThanMs}::float8 * interval '1 ms'`.execute(query);
  return Number(numAffectedRows ?? 0n);
}

export function hashBytes(hex: string): Buffer {
  return Buffer.from(hex, 'hex');
}

async function isDone(query: Query, call: ReturnType<typeof sql>): Promise<boolean> {
  const { rows } = await sql<{ isDone: boolean }>`select ${call} as is_done`.execute(query);
  return rows[0]?.isDone === true;
}

const integerMax = 2_147_483_647;

/** A column takes whole numbers. Clocks return fractions, and a provider may ask for a wait of years. */
function whole(value: number): number {
  return Math.max(0, Math.round(value));
}

function endJson({ httpStatus, failure, retryAfterMs, firstByteMs, durationMs }: CallEnd): string {
  const ms = (value: number | null) => (value === null ? null : Math.min(integerMax, whole(value)));
  return toJson({
    httpStatus,
    failure,
    retryAfterMs: ms(retryAfterMs),
    firstByteMs: ms(firstByteMs),
    durationMs: ms(durationMs),
  });
}

function usageJson(usage: TokenUsage): string {
  return toJson(Object.fromEntries(Object.entries(usage).map(([name, tokens]) => [name, whole(tokens)])));
}
