// The life of one call: who calls, for what, is it allowed, and what can it cost at most. No byte goes to the provider
// before the ledger has reserved that amount (R-BUD-2, R-BUD-3).
import type { CallEnd } from '../../domain/agents/model-call.ts';
import type { ModelPrice } from '../../domain/agents/price.ts';
import { sleep } from '../../stdx/async/sleep.ts';
import { uuidv7 } from '../../stdx/random.ts';
import type { Authorize } from '../clouds/carrier.ts';
import { hashOf, type PresentedKey } from '../keys/known-keys.ts';
import type { GatewayLimits } from '../limits.ts';
import type { AskedModel } from '../request/answering-models.ts';
import { outputToReserve } from '../request/bound.ts';
import { hostRuleOf } from '../request/host-rules.ts';
import { heldPriceAt, isOwnHost, isThinkingLimited, priceAt } from '../request/own-host.ts';
import { type HeldBody, readBody } from '../request/read-body.ts';
import type { RequestRead } from '../request/request-reader.ts';
import { requestToSend } from '../request/request-to-send.ts';
import type { Route } from '../request/route.ts';
import { withoutCostly } from '../wire/costly-members.ts';
import type { ReadCall } from '../wire/wire.ts';
import { answerEarly, type Exchange, refuseWith } from './answer.ts';
import type { Braked } from './brake.ts';
import { CallRefused, refused } from './call-refused.ts';
import type { CallIdentity } from './draw-call.ts';
import { drawInTurn, type Pricing } from './draw-in-turn.ts';
import type { FirstTurn } from './first-answers.ts';
import { forward } from './forward.ts';
import { type CallGuard, type GuardedEnd, type GuardedTarget, noGuard } from './guard.ts';
import { inTime } from './in-time.ts';
import type { Parts } from './parts.ts';
import { withPriceCap } from './price-cap.ts';
import type { ReadyCall } from './ready-call.ts';
import { renderAhead } from './render-ahead.ts';

/** What is known about the call so far, for the answer or the record of a refusal. */
interface Call {
  parts: Parts;
  route: Route;
  exchange: Exchange;
  stop: AbortController;
  callId: string;
  identity: CallIdentity | null;
  /** Only a part of the request: all of it would keep the whole conversation in memory until the answer ends. */
  asked: Pick<ReadCall, 'actionHash' | 'outputTokensMax' | 'isFree'> | null;
  /** True once the ledger has this call. */
  isDrawn: boolean;
  /** Releases the call's slot; only the first call has an effect. */
  leave(): void;
}

/** `stop`: aborted with a CallRefused if the call is to end early. Rejects only if we have a bug. */
export async function handleCall(
  parts: Parts,
  route: Route,
  exchange: Exchange,
  stop: AbortController,
): Promise<void> {
  const callId = uuidv7(parts.clock.now().getTime());
  const call: Call = {
    parts,
    route,
    exchange,
    stop,
    callId,
    identity: null,
    asked: null,
    isDrawn: false,
    leave: () => undefined,
  };
  const hungUp = () => stop.abort(refused.clientGone());
  exchange.answer.once('close', hungUp);
  try {
    const ready = await prepare(call);
    exchange.answer.off('close', hungUp);
    await forward(parts, ready, exchange, stop);
  } catch (cause) {
    if (!(cause instanceof CallRefused)) throw cause;
    exchange.answer.off('close', hungUp);
    // Release the slot first: a client that does not read its refusal must not block others.
    call.leave();
    await refuse(call, cause);
  } finally {
    call.leave();
  }
}

async function prepare(call: Call): Promise<ReadyCall> {
  const { parts, route, exchange, stop } = call;
  const { request } = exchange;
  const presented = route.wire.keyOf({ headers: request.headers, search: route.search });
  if (presented === null) throw refused.unknownKey();
  const key: PresentedKey = { keyId: route.keyId, keyHash: hashOf(presented) };
  await requireKey(parts, key);
  call.leave = parts.places.takeCall(key.keyId);
  const held = await readBody(exchange, { places: parts.places, keyId: key.keyId }, parts.limits);
  try {
    const read = await readCall(call, key, held);
    if (read.isFree) {
      await parts.keys.verify(key);
      stop.signal.throwIfAborted();
      return await readyCall(call, read, held, null, await read.render(parts.limits.outputTokensMax));
    }
    return await prepareMetered(call, read, held);
  } catch (cause) {
    held.free();
    throw cause;
  }
}

/** A key that the brake has stopped is refused before its request is read. */
async function requireKey(parts: Parts, key: PresentedKey): Promise<void> {
  const { keys, brake } = parts;
  await keys.require(key);
  if (!keys.isOwn(key.keyId)) requireUnbraked(parts, key.keyId, brake.look(key.keyId));
}

function requireUnbraked(parts: Parts, keyId: string, braked: Braked | null): void {
  if (braked === null) return;
  if (braked.isNew) void parts.books.note('brake', () => parts.ledger.stopKey(keyId, braked.reason));
  throw refused.braked(braked.reason);
}

async function readCall(call: Call, key: PresentedKey, { body }: HeldBody): Promise<RequestRead> {
  const { parts, route, exchange, callId, stop } = call;
  const { wire, provider, path, search } = route;
  const { method = 'POST', headers } = exchange.request;
  const { baseUrl, cloud, isThinkingWithin = false } = route.upstream;
  const request = {
    method,
    path,
    search,
    headers,
    body,
    hosts: await parts.keys.hostsOf(key.keyId),
    allowedMembers: withoutCostly(parts.allowedMembers?.() ?? []),
    isOwnHost: isOwnHost(wire.name, baseUrl),
    isThinkingBeside: cloud === undefined && !isThinkingWithin && !isThinkingLimited(wire.name, baseUrl),
    ...(cloud && { cloud: cloud.name }),
  };
  const read = await parts.reader.read(key.keyId, wire, request, stop.signal);
  const isRead = !('refusal' in read);
  call.identity = {
    callId,
    ...key,
    gatewayId: parts.gatewayId,
    provider,
    wire: wire.name,
    model: `${provider}/${isRead ? read.model : 'unknown'}`,
    isStream: isRead && read.isStream,
  };
  if (!isRead) throw new CallRefused({ status: 400, failure: read.refusal.failure }, read.refusal.message);
  const { actionHash, outputTokensMax, isFree } = read;
  call.asked = { actionHash, outputTokensMax, isFree };
  return read;
}

async function prepareMetered(call: Call, read: RequestRead, held: HeldBody): Promise<ReadyCall> {
  const { parts, route, exchange, stop, identity } = call;
  if (identity === null) throw new TypeError('A call that was read has an identity.');
  requireCalm(parts, identity, read);
  const { upstream } = route;
  const price = priceAt(upstream, await priceFor(parts, identity.model));
  const asked: AskedModel = { name: identity.model, price, upstream };
  const authorize = (await parts.carriers.get(identity.provider)?.ready(stop.signal)) ?? null;
  const target = { provider: identity.provider, model: identity.model };
  const ended = await passGuard(guardOf(call), parts.limits, target, stop.signal);
  const { startedMs } = exchange;
  let first: FirstTurn | null = null;
  try {
    const render = renderAhead(read, outputToReserve(read, parts.limits));
    const request = { identity, read, startedMs, signal: stop.signal };
    const inTurn = await drawInTurn(parts, request, pricingOf(call, asked, read.model));
    first = inTurn.first;
    const { boundPrice, drawn } = inTurn;
    call.isDrawn = true;
    const money = {
      identity,
      asked,
      boundPrice,
      first,
      ended,
      ...drawn,
      parts: read.parts,
      thinkingTokensMax: read.thinkingTokensMax ?? 0,
      actionHash: read.actionHash,
      requestHash: requestHashOf(read),
    };
    const rendered = await render(drawn.outputTokensMax);
    const body = takesPriceCap(call) ? withPriceCap(rendered, boundPrice, drawn.inputTokensMax) : rendered;
    const ready = await readyCall(call, read, held, money, body, authorize);
    stop.signal.throwIfAborted();
    return ready;
  } catch (cause) {
    const own = cause instanceof CallRefused ? cause : refused.clientGone();
    ended({ failure: own.failure, retryAfterMs: null });
    first?.over();
    // If the ledger has the call, its reservation is released.
    if (call.isDrawn) giveBack(call, identity, own);
    throw cause;
  }
}

function pricingOf(call: Call, asked: AskedModel, model: string): Pricing {
  const { parts, route } = call;
  const { upstream, wire } = route;
  const held = (price: ModelPrice) => heldPriceAt(upstream, { wire: wire.name, model, price });
  const isMaker = upstream.cloud !== undefined || isOwnHost(wire.name, upstream.baseUrl);
  return {
    answersAsAsked: upstream.answersAsAsked === true,
    isSteady: () => (isMaker && !parts.answering.isAlias(asked)) || takesPriceCap(call),
    bound: () => held(boundOf(parts, asked)),
    dearest: () => {
      const dearest = parts.answering.dearest(asked);
      return dearest && held(dearest);
    },
  };
}

function takesPriceCap({ route: { wire, upstream } }: Call): boolean {
  const isKnown = upstream.takesPriceCap ?? hostRuleOf(upstream.baseUrl).takesPriceCap;
  return wire.name === 'openai-chat' && isKnown === true;
}

function boundOf(parts: Parts, asked: AskedModel): ModelPrice {
  const bound = parts.answering.bound(asked);
  if ('unpriced' in bound) throw refused.unpricedAnswer(asked.name, bound.unpriced);
  return bound;
}

function giveBack(call: Call, { callId, keyId }: CallIdentity, own: CallRefused): void {
  const end = endOf(call, null, own);
  void call.parts.books.book({ callId, keyId, booking: { kind: 'void' }, end });
}

async function readyCall(
  { parts, route, exchange, callId }: Call,
  read: RequestRead,
  held: HeldBody,
  money: ReadyCall['money'],
  body: Buffer,
  authorize: Authorize | null = null,
): Promise<ReadyCall> {
  const { wire, upstream } = route;
  const method = exchange.request.method ?? 'POST';
  return {
    callId,
    wire,
    model: read.model,
    carrier: parts.carriers.get(route.provider) ?? null,
    isStream: read.isStream,
    filter: read.filter,
    isOwnHost: upstream.cloud !== undefined || isOwnHost(wire.name, upstream.baseUrl),
    isFirstWordTrue: upstream.isFirstWordTrue ?? isOwnHost(wire.name, upstream.baseUrl),
    isSettledFirst: exchange.request.headers['x-moose-settle'] === 'before-end',
    money,
    request: await requestToSend({ route, read, method, body, authorize }),
    free: held.free,
  };
}

/**
 * The brake (R-BUD-7). It does not apply to Moose's own calls: Moose has its own policy for failures, and waits or
 * asks.
 */
function requireCalm(parts: Parts, { keyId }: CallIdentity, read: RequestRead): void {
  if (parts.keys.isOwn(keyId)) return;
  const call = { keyId, actionHash: read.actionHash, requestHash: requestHashOf(read) };
  requireUnbraked(parts, keyId, parts.brake.begin(call, performance.now()));
}

/** The hash of the last part covers all that the model reads; null if the content behind a reference may change. */
function requestHashOf({ parts }: RequestRead): string | null {
  return parts.at(-1)?.hash ?? null;
}

async function priceFor(parts: Parts, model: string): Promise<ModelPrice> {
  const price = await inTime(parts.priceOf(model), parts.limits.ledgerMs).catch((cause: unknown) => {
    throw refused.ledgerAway(cause);
  });
  if (price === null) throw refused.unpriced(model);
  return price;
}

/** Moose checks the circuits itself before it calls; checking again here would reject its own probes. */
function guardOf({ parts, route }: Call): CallGuard {
  return parts.keys.isOwn(route.keyId) ? noGuard : parts.guard;
}

async function passGuard(
  guard: CallGuard,
  limits: GatewayLimits,
  target: GuardedTarget,
  signal: AbortSignal,
): Promise<(end: GuardedEnd) => void> {
  const deadlineMs = performance.now() + limits.circuitMs;
  for (;;) {
    const admission = await guard.admit(target);
    if (admission.kind === 'admitted') return admission.ended;
    if (performance.now() + admission.retryAfterMs > deadlineMs) {
      throw refused.circuitOpen(target.provider, admission.retryAfterMs);
    }
    await sleep(Math.max(1, admission.retryAfterMs), signal);
  }
}

/** These failures are not the session's fault, or are no failures at all, so they do not count for the brake. */
const blameless = new Set([
  'ledger_away',
  'circuit_open',
  'client_gone',
  'overloaded',
  'unreachable',
  'braked',
]);

async function refuse(call: Call, cause: CallRefused): Promise<void> {
  const { parts, route, exchange, callId, identity, asked } = call;
  const own = refuseWith(route.wire, cause);
  const isMetered = identity !== null && !asked?.isFree;
  if (isMetered) {
    own.headers['x-moose-call-id'] = callId;
    if (!blameless.has(cause.failure)) {
      parts.brake.ended(
        { keyId: identity.keyId, actionHash: asked?.actionHash ?? null, requestHash: null },
        true,
      );
    }
    const tokens = { inputTokensMax: 0, outputTokensMax: asked?.outputTokensMax ?? 0 };
    const end = endOf(call, own.status, cause);
    // A draw that the ledger did not answer is recorded when it is undone.
    if (cause.failure !== 'ledger_away' && !call.isDrawn) {
      void parts.books.note('refusal', () =>
        parts.ledger.refused({ ...identity, ...tokens }, cause.failure, end),
      );
    }
  }
  await parts.slowRefusals.delay(cause.failure, exchange.answer, call.stop.signal);
  await answerEarly(exchange, own, parts.limits.lingerMs);
}

function endOf(
  { exchange }: Call,
  httpStatus: number | null,
  { failure, retryAfterMs }: CallRefused,
): CallEnd {
  const durationMs = Math.round(performance.now() - exchange.startedMs);
  return {
    httpStatus: failure === 'client_gone' ? null : httpStatus,
    failure,
    retryAfterMs,
    firstByteMs: null,
    durationMs,
  };
}
