// A call in flight: sent once, its answer passed on as it arrives, and booked by the usage that the provider reports.
import type { IncomingMessage } from 'node:http';
import type { CallEnd, CallFailureKind } from '../../domain/agents/model-call.ts';
import { readLimitResetMs, readRetryAfterMs } from '../../stdx/http/retry-after.ts';
import { errorCode } from '../../stdx/system-error.ts';
import { answerEarly, type Exchange, passedHeaders, refuseWith } from './answer.ts';
import { atOnceMs, isUnbilled } from './booking.ts';
import { type Booking, orLate } from './books.ts';
import { CallRefused, refused } from './call-refused.ts';
import type { Drain } from './drain.ts';
import { breakAnswer, endAnswer } from './end-answer.ts';
import { Meter } from './meter.ts';
import type { Parts } from './parts.ts';
import type { ReadyCall } from './ready-call.ts';
import { relay } from './relay.ts';
import { UpstreamFailure } from './upstream.ts';

interface Forwarded {
  parts: Parts;
  call: ReadyCall;
  exchange: Exchange;
  stop: AbortController;
  drain: Drain;
}

/** Whatever happens, a drawn call is booked. */
export async function forward(
  parts: Parts,
  call: ReadyCall,
  exchange: Exchange,
  stop: AbortController,
): Promise<void> {
  const drain = parts.drains.watch(exchange.answer, () => stop.abort(refused.clientGone()));
  const meter = new Meter(parts, call);
  try {
    await send({ parts, call, exchange, stop, drain }, meter);
  } catch (defect) {
    stop.abort(defect);
    drain.over();
    void meter.ended({ kind: 'presume' }, endOf(exchange, null, 'malformed'), true);
    throw defect;
  }
}

async function send(forwarded: Forwarded, meter: Meter): Promise<void> {
  const { parts, call, stop } = forwarded;
  let head: IncomingMessage;
  const askedAtMs = performance.now();
  try {
    head = await parts.transport.ask(call.request, stop.signal);
  } catch (cause) {
    if (!(cause instanceof UpstreamFailure)) throw cause;
    return unanswered(forwarded, meter, cause);
  } finally {
    call.free();
    call.request = { ...call.request, body: Buffer.alloc(0) };
  }
  const status = head.statusCode ?? 0;
  const waitedMs = performance.now() - askedAtMs;
  if (status < 200 || (status >= 300 && status < 400))
    return notAnAnswer(forwarded, meter, head, waitedMs > atOnceMs);
  meter.begin(status < 300, waitedMs);
  return answered(forwarded, meter, head);
}

function endOf({ startedMs }: Exchange, httpStatus: number | null, failure: CallFailureKind | null): CallEnd {
  const durationMs = Math.round(performance.now() - startedMs);
  return { httpStatus, failure, retryAfterMs: null, firstByteMs: null, durationMs };
}

/** The call ended without response headers. */
async function unanswered(forwarded: Forwarded, meter: Meter, failure: UpstreamFailure): Promise<void> {
  const { drain, stop } = forwarded;
  drain.over();
  const own =
    stop.signal.aborted && !drain.isClientGone ? (stop.signal.reason as CallRefused) : noAnswer(failure);
  await refuseForwarded(forwarded, meter, own, { kind: failure.wasSent ? 'presume' : 'void' });
}

/** A redirect is never followed, because it would take the key to another server. */
async function notAnAnswer(
  forwarded: Forwarded,
  meter: Meter,
  head: IncomingMessage,
  isLate: boolean,
): Promise<void> {
  const status = head.statusCode ?? 0;
  head.destroy();
  forwarded.drain.over();
  const message = `The provider's address answers with HTTP ${status}, which is not a model's answer; correct its base URL.`;
  const own = new CallRefused({ status: 502, failure: 'malformed' }, message);
  await refuseForwarded(forwarded, meter, own, {
    kind: isUnbilled(status) && !isLate ? 'void' : 'presume',
  });
}

async function refuseForwarded(
  { parts, call, exchange, drain, stop }: Forwarded,
  meter: Meter,
  own: CallRefused,
  booking: Booking,
): Promise<void> {
  const answer = refuseWith(call.wire, own);
  if (call.money !== null) answer.headers['x-moose-call-id'] = call.callId;
  const end = drain.isClientGone
    ? endOf(exchange, null, 'client_gone')
    : endOf(exchange, answer.status, own.failure);
  const booked = meter.ended(booking, end, stop.signal.aborted);
  if (call.isSettledFirst) await orLate(booked, parts.limits.settleMs);
  await answerEarly(exchange, answer, parts.limits.lingerMs);
}

async function answered(forwarded: Forwarded, meter: Meter, head: IncomingMessage): Promise<void> {
  const { parts, call, exchange, drain, stop } = forwarded;
  const { limits } = parts;
  const { answer } = exchange;
  const status = head.statusCode ?? 0;
  const isGood = status < 300;
  const filter = isGood ? (call.filter?.() ?? null) : null;
  const shown = call.carrier?.shown(head, call.model) ?? {
    status,
    decoder: null,
    headers: passedHeaders(head, { isLengthKept: filter === null }),
  };
  if (!answer.destroyed) {
    const own = call.money === null ? [] : ['x-moose-call-id', call.callId];
    answer.writeHead(shown.status, [...shown.headers, ...own]);
  }
  const relayed = await relay({
    answer: head,
    client: answer,
    drain,
    filter,
    limits,
    isHeldBack: call.isSettledFirst,
    decoder: shown.decoder,
    see: (chunk) => meter.see(chunk),
  });
  drain.over();
  const { failure, isWhole, booking } = meter.end(relayed.how, head);
  const end: CallEnd = {
    ...endOf(exchange, status, drain.isClientGone ? 'client_gone' : failure),
    retryAfterMs: isGood ? null : askedWaitMs(head, parts.clock.now()),
    firstByteMs:
      relayed.firstByteAtMs === null ? null : Math.round(relayed.firstByteAtMs - exchange.startedMs),
  };
  const booked = meter.ended(booking, end, stop.signal.aborted);
  if (call.isSettledFirst) await orLate(booked, limits.settleMs);
  if (relayed.how === 'whole' || isWhole) endAnswer(answer, relayed.rest, limits.stallMs);
  else breakAnswer(answer, Buffer.concat([relayed.rest, lastWords(forwarded, failure)]), limits.stallMs);
}

function askedWaitMs({ statusCode, headers }: IncomingMessage, now: Date): number | null {
  return (
    readRetryAfterMs(headers, now) ??
    (statusCode === 429 ? readLimitResetMs(headers, now) : undefined) ??
    null
  );
}

/** The client must not mistake a partial answer for a complete one. */
function lastWords({ call, stop }: Forwarded, failure: CallFailureKind | null): Buffer {
  if (!call.isStream) return Buffer.alloc(0);
  const own = stop.signal.aborted ? (stop.signal.reason as CallRefused) : null;
  const message = own?.message ?? 'The provider cut its answer off.';
  return Buffer.from(call.wire.breakOff(own?.failure ?? failure ?? 'cut_stream', message));
}

const words: Record<UpstreamFailure['kind'], string> = {
  unreachable: 'The provider cannot be reached',
  timeout: 'The provider did not answer in time',
  cut_stream: 'The provider closed the connection',
  malformed: "The server at the provider's address does not speak HTTP",
};

function noAnswer({ kind, cause }: UpstreamFailure): CallRefused {
  const code = errorCode(cause);
  return new CallRefused(
    { status: kind === 'timeout' ? 504 : 502, failure: kind },
    code === undefined ? `${words[kind]}.` : `${words[kind]} (${code}).`,
    cause,
  );
}
