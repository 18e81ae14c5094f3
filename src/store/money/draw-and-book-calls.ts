// The statements that draw calls from their envelopes and book them: each is one round trip, and idempotent.
import { sql } from 'kysely';
import type { CallEnd, TokenUsage } from '../../domain/agents/model-call.ts';
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
  kind: 'drawn' | 'no_room' | 'frozen' | 'model_stopped' | 'key_invalid' | 'stopped';
  leftNanoUsd: bigint;
  openNanoUsd: bigint;
  reason: string | null;
}

export async function drawCall(query: Query, call: DrawnCall): Promise<DrawnRow> {
  const { rows } = await sql<DrawnRow>`select * from draw_call(${call.callId}::uuid, ${call.keyId}::uuid,
    ${hashBytes(call.keyHash)}, ${call.gatewayId}::uuid, ${call.provider}, ${call.model}, ${call.wire}, ${call.isStream},
    ${call.worstCaseNanoUsd.toString()}::bigint, ${whole(call.inputTokensMax)}::bigint, ${whole(call.outputTokensMax)}::bigint,
    ${call.priceVersion})`.execute(query);
  const [row] = rows;
  if (!row) throw new TypeError('draw_call returned no row');
  return row;
}

/** Draws several calls in one transaction, and answers in their order. Null: a row of this call is locked; draw it alone. */
export async function drawCalls(query: Query, calls: readonly DrawnCall[]): Promise<(DrawnRow | null)[]> {
  const { rows } = await sql<
    DrawnRow | { kind: 'busy' }
  >`select * from draw_calls(${drawsOf(calls)})`.execute(query);
  return rows.map(unlessBusy);
}

export type DrawnCall = CallFacts & { worstCaseNanoUsd: bigint; priceVersion: string };

function unlessBusy(row: DrawnRow | { kind: 'busy' }): DrawnRow | null {
  return row.kind === 'busy' ? null : row;
}

/** The arguments of `draw_calls`. */
function drawsOf(calls: readonly DrawnCall[]) {
  const each = <T>(of: (call: DrawnCall) => T) => calls.map(of);
  return sql`
    ${each((call) => call.callId)}::uuid[], ${each((call) => call.keyId)}::uuid[],
    ${each((call) => hashBytes(call.keyHash))}::bytea[], ${each((call) => call.gatewayId)}::uuid[],
    ${each((call) => call.provider)}::text[], ${each((call) => call.model)}::text[],
    ${each((call) => call.wire)}::text[], ${each((call) => call.isStream)}::boolean[],
    ${each((call) => call.worstCaseNanoUsd.toString())}::bigint[],
    ${each((call) => whole(call.inputTokensMax))}::bigint[],
    ${each((call) => whole(call.outputTokensMax))}::bigint[], ${each((call) => call.priceVersion)}::text[]`;
}

/** What is written about a drawn call. `usage` and `end` are null if they are unknown or do not change. */
export interface CallBooking {
  callId: string;
  kind: 'shrink' | 'settle' | 'presume' | 'void';
  /** The new hold, or the cost; null for the other kinds. */
  nanoUsd: bigint | null;
  usage: TokenUsage | null;
  end: CallEnd | null;
  /** The model and the version of the price, if they are not those of the draw. */
  pricedBy: { model: string; version: string } | null;
  /** Why no more calls to this model may be drawn, as the end of a sentence. */
  stops?: string | undefined;
}

type BookedAnswer = 'done' | 'unchanged' | 'busy';

/** As `bookCall`, in one transaction, with answers in their order. Null: a row of this call is locked; book it alone. */
export async function bookCalls(query: Query, bookings: readonly CallBooking[]): Promise<(boolean | null)[]> {
  const { rows } = await sql<{
    answer: BookedAnswer;
  }>`select * from book_calls(${bookingsOf(bookings)})`.execute(query);
  return rows.map(({ answer }) => bookedOr(answer));
}

function bookedOr(answer: BookedAnswer): boolean | null {
  return answer === 'busy' ? null : answer === 'done';
}

/** The arguments of `book_calls`. */
function bookingsOf(bookings: readonly CallBooking[]) {
  const each = <T>(of: (booking: CallBooking) => T) => bookings.map(of);
  return sql`
    ${each(({ callId }) => callId)}::uuid[], ${each(({ kind }) => kind)}::text[],
    ${each(({ nanoUsd }) => nanoUsd?.toString() ?? null)}::bigint[],
    ${each(({ usage }) => usageJson(usage))}::jsonb[],
    ${each(({ end, pricedBy, stops }) => endJson(end, pricedBy, stops))}::jsonb[]`;
}

/**
 * Books calls, then draws others, in one transaction: the draws find the money that the bookings release. Null: a row of
 * this call, or the windows of all bookings, are locked; write it apart.
 */
export async function bookAndDrawCalls(
  query: Query,
  bookings: readonly CallBooking[],
  draws: readonly DrawnCall[],
): Promise<{ booked: (boolean | null)[]; drawn: (DrawnRow | null)[] }> {
  const { rows } = await sql<
    DrawnRow | { kind: BookedAnswer }
  >`select * from book_and_draw_calls(${bookingsOf(bookings)}, ${drawsOf(draws)})`.execute(query);
  return {
    booked: rows.slice(0, bookings.length).map(({ kind }) => bookedOr(kind as BookedAnswer)),
    drawn: rows.slice(bookings.length).map((row) => unlessBusy(row as DrawnRow | { kind: 'busy' })),
  };
}

/** Books one call, and waits for its rows. Returns false if nothing changed: it was ended before, or is unknown. */
export function bookCall(
  query: Query,
  { callId, kind, nanoUsd, usage, end, pricedBy, stops }: CallBooking,
): Promise<boolean> {
  return isDone(
    query,
    sql`book_call(${callId}::uuid, ${kind}, ${nanoUsd?.toString() ?? null}::bigint, ${usageJson(usage)}::jsonb,
      ${endJson(end, pricedBy, stops)}::jsonb)`,
  );
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
export function whole(value: number): number {
  return Math.max(0, Math.round(value));
}

export function endJson(
  end: CallEnd | null,
  pricedBy: CallBooking['pricedBy'] = null,
  stops?: string,
): string {
  if (end === null) return '{}';
  const { httpStatus, failure, retryAfterMs, firstByteMs, durationMs } = end;
  const ms = (value: number | null) => (value === null ? null : Math.min(integerMax, whole(value)));
  return toJson({
    httpStatus,
    failure,
    retryAfterMs: ms(retryAfterMs),
    firstByteMs: ms(firstByteMs),
    durationMs: ms(durationMs),
    ...(pricedBy && { pricedBy: pricedBy.model, priceVersion: pricedBy.version }),
    ...(stops !== undefined && { stops: storableText(stops) }),
  });
}

export function usageJson(usage: TokenUsage | null): string {
  return usage === null
    ? '{}'
    : toJson(Object.fromEntries(Object.entries(usage).map(([name, tokens]) => [name, whole(tokens)])));
}
