// Reads the usage from an answer as it passes, has it booked, and informs the brake, the circuits and the prefix
// memory.
import type { IncomingMessage } from 'node:http';
import type { CallEnd, CallFailureKind } from '../../domain/agents/model-call.ts';
import { dearerOf } from '../../domain/agents/price.ts';
import { redact } from '../../domain/text/redact.ts';
import { type AnsweringModel, isSame } from '../request/answering-models.ts';
import { isBelievable, shrunk } from '../request/bound.ts';
import { hostRuleOf } from '../request/host-rules.ts';
import { mayBeBilled } from '../wire/answers/billed-error.ts';
import { chargeBeside } from '../wire/answers/charge-beside.ts';
import type { FoldEnd, UsageFold } from '../wire/wire.ts';
import { atOnceMs, bookingOf, failureOfAnswer } from './booking.ts';
import type { Booking } from './books.ts';
import type { Parts } from './parts.ts';
import type { Money, ReadyCall } from './ready-call.ts';
import type { RelayEnd } from './relay.ts';

export interface MeteredEnd {
  failure: CallFailureKind | null;
  /** True if the answer is complete by its own protocol, however the connection ended. */
  isWhole: boolean;
  /** Null for a call that costs nothing. */
  booking: Booking | null;
}

export class Meter {
  readonly #parts: Parts;
  readonly #call: ReadyCall;
  /** Null for an error answer, which uses nothing. */
  #fold: UsageFold | null = null;
  #shrinking: Promise<void> | undefined;
  #isShrunk = false;
  #heldNanoUsd: bigint;
  /** The dearer models that the answer names, and those without a price. */
  #dearer: AnsweringModel[] = [];
  #unpriced: string[] = [];
  /** From the request to the headers of its answer. */
  #waitedMs = 0;
  #modelsSeen = 0;
  #sealed: readonly string[] = [];
  #isEnded = false;
  readonly #request: Kept;
  readonly #error: Kept;
  readonly #response: Kept;

  constructor(parts: Parts, call: ReadyCall) {
    this.#parts = parts;
    this.#call = call;
    this.#heldNanoUsd = call.money?.worstCaseNanoUsd ?? 0n;
    const bodyBytesMax = parts.bodies && call.money !== null ? parts.limits.bodyBytesMax : 0;
    this.#request = new Kept(bodyBytesMax);
    this.#response = new Kept(bodyBytesMax);
    this.#error = new Kept(parts.limits.errorBytesMax);
    this.#request.push(call.request.body);
  }

  begin(isGood: boolean, waitedMs: number): void {
    this.#waitedMs = waitedMs;
    if (isGood) this.#fold = this.#call.wire.fold(this.#call.isStream);
  }

  see(chunk: Buffer): void {
    this.#response.push(chunk);
    const fold = this.#fold;
    if (fold === null) {
      this.#error.push(chunk);
      return;
    }
    fold.push(chunk);
    this.#lookAtModels(fold);
    if (!this.#isShrunk && fold.input !== null) this.#shrink(fold.input);
  }

  end(how: RelayEnd['how'], head: IncomingMessage): MeteredEnd {
    const { money, wire, isStream } = this.#call;
    const status = head.statusCode ?? 0;
    if (this.#fold === null) {
      const failure = wire.failureOf(status, head.headers, this.#error.bytes());
      return { failure, isWhole: false, booking: money && this.#bookingOf(status, null, money) };
    }
    const fold = this.#withBeside(this.#fold.end(), head);
    this.#sealed = fold.sealed ?? [];
    this.#lookAtModels(this.#fold);
    const failure = failureOfAnswer(how, fold, isStream);
    return { failure, isWhole: fold.isWhole, booking: money && this.#bookingOf(status, fold, money) };
  }

  /** A charge that is stated beside the answer counts as one in it. The maker of a protocol states none. */
  #withBeside(fold: FoldEnd, head: IncomingMessage): FoldEnd {
    if (this.#call.isOwnHost) return fold;
    const { nanoUsd, unclear } = chargeBeside(head.headers, head.trailers);
    return {
      ...fold,
      ...(nanoUsd > (fold.chargedNanoUsd ?? 0n) && { chargedNanoUsd: nanoUsd }),
      ...(unclear !== null && { unlisted: fold.unlisted ?? unclear }),
    };
  }

  #bookingOf(status: number, fold: FoldEnd | null, { asked, parts }: Money): Booking {
    const { carrier, isOwnHost } = this.#call;
    if (carrier?.mayBill(status)) return { kind: 'presume' };
    const came = { isLate: this.#waitedMs > atOnceMs, isOwnHost };
    if (fold === null && mayBeBilled(status, this.#error.bytes(), came)) return { kind: 'presume' };
    return bookingOf(status, fold, {
      prices: {
        asked: asked.price,
        dearer: this.#dearer,
        unpriced: this.#unpriced,
        dearest: this.#parts.answering.dearest(asked),
      },
      heldNanoUsd: this.#heldNanoUsd,
      parts,
      input: this.#fold?.input ?? null,
      billsItsCharge:
        asked.upstream.billsItsCharge ?? hostRuleOf(asked.upstream.baseUrl).billsItsCharge === true,
      isOwnHost,
    });
  }

  /**
   * Resolves when the ledger has the booking. `isOurs`: the gateway aborted the call, which says nothing about the
   * provider or the session.
   */
  ended(booking: Booking | null, end: CallEnd, isOurs: boolean): Promise<void> {
    const { callId, money } = this.#call;
    if (money === null || booking === null || this.#isEnded) return Promise.resolve();
    this.#isEnded = true;
    const { books, brake, prefixes } = this.#parts;
    const { actionHash, requestHash } = money;
    const { keyId, model } = money.identity;
    const failure = isOurs ? 'client_gone' : end.failure;
    brake.ended({ keyId, actionHash, requestHash }, failure === 'client_gone' ? null : failure !== null);
    money.ended({ failure, retryAfterMs: end.retryAfterMs });
    if (booking.kind === 'settle') {
      prefixes.remember({ keyId, model: this.#answeredBy(model) }, money.parts, booking.usage);
      prefixes.rememberSealed(this.#sealed, booking.usage);
    }
    const after = booking.kind === 'presume' ? this.#shrinking : undefined;
    const isAwaited = this.#call.isSettledFirst;
    const booked = books.book({ callId, keyId, booking, end, after, isAwaited });
    // Not before: the others would draw what the first answer has cost beyond its reservation.
    void booked.finally(() => {
      if (end.failure === null) money.first.learned();
      money.first.over();
    });
    if (this.#parts.bodies) this.#keepBodies(booked);
    return booked;
  }

  /** Before the reservation is reduced: the answer names its model first. */
  #lookAtModels({ models }: UsageFold): void {
    const { callId, money } = this.#call;
    if (money === null || models.length === this.#modelsSeen) return;
    const { answering, books, ledger } = this.#parts;
    const { dearer, unpriced, isNew } = answering.look(money.asked, models.slice(this.#modelsSeen));
    this.#modelsSeen = models.length;
    this.#dearer.push(...dearer);
    this.#unpriced.push(...unpriced);
    const { name: asked } = money.asked;
    for (const answered of isNew) {
      const isUnpriced = unpriced.includes(answered);
      void books.note('other model', () => ledger.answeredByOther(callId, { asked, answered, isUnpriced }));
    }
    // The maker of a protocol bills nothing that its model's price does not say.
    if (this.#call.isOwnHost) money.first.learned();
  }

  /** The model that counted the tokens: behind an alias, it may be another one next time. */
  #answeredBy(asked: string): string {
    const provider = asked.slice(0, asked.indexOf('/') + 1);
    const other = this.#fold?.models.find((name) => !isSame(asked, provider + name));
    return other === undefined ? asked : provider + other;
  }

  #shrink(input: NonNullable<UsageFold['input']>): void {
    this.#isShrunk = true;
    const { callId, money, isFirstWordTrue } = this.#call;
    if (money === null || !isFirstWordTrue || !isBelievable(money.parts, input)) return;
    const price = this.#dearer.reduce((bound, model) => dearerOf(bound, model.price), money.boundPrice);
    const worstCaseNanoUsd = shrunk(price, input, money.outputTokensMax + money.thinkingTokensMax);
    if (worstCaseNanoUsd >= money.worstCaseNanoUsd) return;
    this.#heldNanoUsd = worstCaseNanoUsd;
    this.#shrinking = this.#parts.books.shrink(callId, money.identity.keyId, worstCaseNanoUsd);
  }

  #keepBodies(booked: Promise<void>): void {
    const { books, ledger } = this.#parts;
    void books.note('bodies', async () => {
      await booked;
      await ledger.keepBodies(this.#call.callId, {
        request: this.#request.text(),
        response: this.#response.text(),
      });
    });
  }
}

/** A secret that is cut in two cannot be recognised by either half, so this much more is read than is kept. */
const cutMarginBytes = 4_096;

class Kept {
  readonly #bytesMax: number;
  readonly #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  push(chunk: Buffer): void {
    if (this.#bytesMax === 0) return;
    const room = this.#bytesMax + cutMarginBytes - this.#bytes;
    if (room <= 0) return;
    const kept = chunk.length > room ? Buffer.from(chunk.subarray(0, room)) : chunk;
    this.#chunks.push(kept);
    this.#bytes += kept.length;
  }

  bytes(): Buffer {
    return Buffer.concat(this.#chunks).subarray(0, this.#bytesMax);
  }

  /** The kept text, with secrets removed. */
  text(): string {
    return redact(Buffer.concat(this.#chunks).toString('utf8')).slice(0, this.#bytesMax);
  }
}
