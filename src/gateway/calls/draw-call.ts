// Reserves the worst case of a call, or says why not (R-BUD-4): if it does not fit, it accepts an answer that is as long as
// nearly all are, then waits for headroom, then accepts an even shorter answer.
import type { ModelPrice } from '../../domain/agents/price.ts';
import type { CallDraw, DrawAnswer } from '../../engine/run/budget/call-ledger.ts';
import { affordableOutput, outputToReserve, type WorstCase, worstCase } from '../request/bound.ts';
import type { ReadCall } from '../wire/wire.ts';
import { CallRefused, refused } from './call-refused.ts';
import type { NoRoom } from './headroom.ts';
import { inTime } from './in-time.ts';
import type { Parts } from './parts.ts';

export type CallIdentity = Omit<
  CallDraw,
  'worstCaseNanoUsd' | 'inputTokensMax' | 'outputTokensMax' | 'priceVersion'
>;

export interface DrawRequest {
  identity: CallIdentity;
  read: Omit<ReadCall, 'render'>;
  price: ModelPrice;
  startedMs: number;
  signal: AbortSignal;
}

export interface Drawn extends WorstCase {
  outputTokensMax: number;
}

/**
 * Maximum number of attempts with a shortened answer: other calls under the same limits may take the money before such a
 * draw gets it.
 */
const shortenedDrawsMax = 3;

/** @throws CallRefused */
export async function drawCall(parts: Parts, request: DrawRequest): Promise<Drawn> {
  const { limits, headroom } = parts;
  const asked = outputToReserve(request.read, limits);
  const least = Math.min(asked, limits.outputTokensLeast);
  const full = boundAt(parts, request, asked);
  let mark = headroom.mark();
  let answer = await draw(parts, request, full);
  if (answer.kind !== 'no_room') return admitted(parts, request, full, answer);
  if (asked > limits.outputTokensScarce) {
    const scarce = boundAt(parts, request, limits.outputTokensScarce);
    if (scarce.worstCaseNanoUsd <= answer.leftNanoUsd) {
      mark = headroom.mark();
      answer = await draw(parts, request, scarce);
      if (answer.kind !== 'no_room') return admitted(parts, request, scarce, answer);
    }
  }

  const untilMs = performance.now() + limits.headroomMs;
  for (let times = 0; times < shortenedDrawsMax; ) {
    const waitMs = untilMs - performance.now();
    // The most that can be available once all other calls have ended.
    const hoped = shortened(parts, request, full, answer.leftNanoUsd + answer.openNanoUsd, least);
    if (answer.openNanoUsd > 0n && waitMs > 0) {
      const { keyId } = request.identity;
      const needNanoUsd = hoped.worstCaseNanoUsd;
      const again = () => draw(parts, request, hoped);
      const waiting = { keyId, needNanoUsd, draw: again, signal: request.signal };
      answer = await headroom.wait(waiting, answer, waitMs, mark);
      if (answer.kind !== 'no_room') return admitted(parts, request, hoped, answer);
    } else times += 1;
    request.signal.throwIfAborted();
    const short = shortened(parts, request, full, answer.leftNanoUsd, least);
    mark = headroom.mark();
    // A faster caller took the money, which will be released later: wait for it again.
    answer = await draw(parts, request, short);
    if (answer.kind !== 'no_room') return admitted(parts, request, short, answer);
  }
  throw noRoom(answer);
}

/** As it is asked for, or not at all: null if the money is not there. @throws CallRefused */
export async function drawAtOnce(parts: Parts, request: DrawRequest): Promise<Drawn | null> {
  const full = boundAt(parts, request, outputToReserve(request.read, parts.limits));
  const answer = await draw(parts, request, full);
  return answer.kind === 'no_room' ? null : admitted(parts, request, full, answer);
}

function boundAt(parts: Parts, { identity, read, price }: DrawRequest, outputTokensMax: number): Drawn {
  const settled = parts.prefixes.finder({ keyId: identity.keyId, model: identity.model });
  const bound = worstCase(read, price, outputTokensMax, settled, parts.prefixes.sealed);
  if ('refusal' in bound)
    throw new CallRefused({ status: 400, failure: bound.refusal.failure }, bound.refusal.message);
  return { ...bound, outputTokensMax };
}

/** Shortens the answer to what the money allows. @throws CallRefused if that would be useless */
function shortened(parts: Parts, request: DrawRequest, full: Drawn, nanoUsd: bigint, least: number): Drawn {
  if (full.worstCaseNanoUsd <= nanoUsd) return full;
  const { inputTokensMax } = full;
  const { cachePremium, thinkingTokensMax } = request.read;
  const call = { inputTokensMax, cachePremium, ...(thinkingTokensMax && { thinkingTokensMax }) };
  const affordable = affordableOutput(request.price, call, nanoUsd);
  if (affordable < least) throw noRoom({ kind: 'no_room', leftNanoUsd: nanoUsd, openNanoUsd: 0n });
  return boundAt(parts, request, Math.min(affordable, full.outputTokensMax));
}

async function draw(parts: Parts, request: DrawRequest, bound: Drawn): Promise<DrawAnswer> {
  const { books, ledger, limits } = parts;
  const { identity, price, startedMs } = request;
  if (books.openCount >= limits.unbookedMax) throw refused.ledgerAway(undefined);
  const asked = { ...identity, ...bound, priceVersion: price.version };
  try {
    return await inTime(ledger.draw(asked), limits.ledgerMs);
  } catch (cause) {
    const durationMs = Math.round(performance.now() - startedMs);
    const end = {
      httpStatus: null,
      failure: 'ledger_away',
      retryAfterMs: null,
      firstByteMs: null,
      durationMs,
    } as const;
    books.undo(asked, end);
    throw refused.ledgerAway(cause);
  }
}

function admitted(
  parts: Parts,
  request: DrawRequest,
  bound: Drawn,
  answer: Exclude<DrawAnswer, NoRoom>,
): Drawn {
  switch (answer.kind) {
    case 'drawn':
      return bound;
    case 'frozen':
      throw refused.overBudget(
        'The budget window for this call is frozen because a call cost more than was reserved for it.',
      );
    case 'model_stopped':
      throw refused.modelStopped(request.identity.model);
    case 'key_invalid':
      parts.keys.forget(request.identity.keyId);
      throw refused.unknownKey();
    case 'stopped':
      throw refused.braked(answer.reason);
  }
}

const nanoPerUsd = 1e9;

function noRoom({ leftNanoUsd }: NoRoom): CallRefused {
  const left = (Number(leftNanoUsd) / nanoPerUsd).toFixed(4);
  return refused.overBudget(
    `The call could cost more than what is left of the work order's envelope ($${left}); stop here, or raise its limit.`,
  );
}
