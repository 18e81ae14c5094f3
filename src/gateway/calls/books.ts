// Books every drawn call once, however long the ledger is unavailable (R-BUD-2). Booking continues after the call until
// the gateway ends. Calls that are not booked by then are later presumed spent.
import type { Logger } from 'pino';
import type { CallEnd } from '../../domain/agents/model-call.ts';
import { isMooseError } from '../../domain/failure.ts';
import type { ActualCost, CallDraw, CallLedger, Presumed } from '../../engine/run/budget/call-ledger.ts';
import { sleep } from '../../stdx/async/sleep.ts';

export type Booking = ({ kind: 'settle' } & ActualCost) | ({ kind: 'presume' } & Presumed) | { kind: 'void' };

/** A draw that nobody waits for any more. */
interface Undo {
  kind: 'undo';
  draw: CallDraw;
}

export interface BookedCall {
  callId: string;
  keyId: string;
  booking: Booking;
  end: CallEnd;
  /** An answer waits for this booking. */
  isAwaited?: boolean;
  /** A presumption books the reserved amount, so a pending reduction of that amount is written first. */
  after?: Promise<void> | undefined;
}

type Entry = Omit<BookedCall, 'booking'> & { booking: Booking | Undo };

export interface BooksOptions {
  ledger: CallLedger;
  logger: Logger;
  /** Called when money in this key's envelope was released. */
  onFreed(keyId: string): void;
  notesMax: number;
}

const againAfterMsFirst = 50;
const againAfterMsMax = 2_000;
/** Number of attempts after the ledger has permanently refused a booking, in case the refusal was wrong. */
const refusalsMax = 5;

export class Books {
  readonly #options: BooksOptions;
  readonly #over = new AbortController();
  readonly #open = new Set<Promise<void>>();
  #notes = 0;

  constructor(options: BooksOptions) {
    this.#options = options;
  }

  /** Resolves when the ledger has stored the booking. Never rejects. */
  book(call: BookedCall): Promise<void> {
    return this.#kept(this.#book(call));
  }

  /** Cancels a draw that nobody waits for any more: whatever the ledger answers, nothing was sent. */
  undo(draw: CallDraw, end: CallEnd): void {
    const { callId, keyId } = draw;
    void this.#kept(this.#book({ callId, keyId, end, booking: { kind: 'undo', draw } }));
  }

  /** Reduces a hold to what is needed. If this fails, too much stays held until the call is booked. Never rejects. */
  shrink(callId: string, keyId: string, worstCaseNanoUsd: bigint): Promise<void> {
    const { ledger, onFreed } = this.#options;
    return this.note('shrink', async () => {
      await ledger.shrink(callId, worstCaseNanoUsd);
      onFreed(keyId);
    });
  }

  /** For records that no money depends on: tried once, and dropped if there are too many. Never rejects. */
  note(what: string, work: () => Promise<void>): Promise<void> {
    const { logger, notesMax } = this.#options;
    if (this.#notes >= notesMax) {
      logger.warn({ what }, 'the ledger is behind; dropped an update');
      return Promise.resolve();
    }
    this.#notes += 1;
    const written = work()
      .catch((cause: unknown) => logger.warn({ what, err: cause }, 'could not write an update to the ledger'))
      .finally(() => {
        this.#notes -= 1;
      });
    return this.#kept(written);
  }

  /** Number of entries that are not in the ledger yet. */
  get openCount(): number {
    return this.#open.size;
  }

  /** False if not everything was booked in time; the rest is not attempted again. */
  async close(waitMs: number): Promise<boolean> {
    const over = new AbortController();
    const late = sleep(waitMs, over.signal).then(
      () => false,
      () => true,
    );
    const isDone = await Promise.race([this.#settled().then(() => true), late]);
    over.abort();
    this.#over.abort();
    return isDone;
  }

  async #settled(): Promise<void> {
    while (this.#open.size > 0) await Promise.all(this.#open);
  }

  #kept(work: Promise<void>): Promise<void> {
    this.#open.add(work);
    void work.finally(() => this.#open.delete(work));
    return work;
  }

  async #book(call: Entry): Promise<void> {
    const { logger, onFreed } = this.#options;
    let refusals = 0;
    await call.after;
    for (
      let delayMs = againAfterMsFirst;
      !this.#over.signal.aborted;
      delayMs = Math.min(delayMs * 2, againAfterMsMax)
    ) {
      try {
        await this.#write(call);
        onFreed(call.keyId);
        return;
      } catch (cause) {
        if (isRefusal(cause)) refusals += 1;
        const fields = { callId: call.callId, booking: call.booking.kind, err: cause };
        logger.warn(fields, 'could not book a call; retrying');
      }
      if (refusals >= refusalsMax) break;
      await sleep(delayMs, this.#over.signal).catch(() => undefined);
    }
    if (this.#over.signal.aborted) return;
    logger.error({ callId: call.callId }, 'gave up booking a call; its worst case stays reserved');
  }

  async #write({ callId, booking, end, isAwaited }: Entry): Promise<void> {
    const { ledger } = this.#options;
    // The draw may still wait for a row: a call that is recorded as refused cannot be drawn any more.
    if (booking.kind === 'undo') await ledger.refused(booking.draw, 'ledger_away', end);
    if (booking.kind === 'settle') await ledger.settle(callId, booking, end, isAwaited);
    else if (booking.kind === 'presume') await ledger.presume(callId, end, isAwaited, booking);
    else await ledger.void(callId, end, isAwaited);
  }
}

function isRefusal(cause: unknown): boolean {
  return isMooseError(cause) && !cause.retryable;
}

/** Waits until it is booked, up to a limit. */
export async function orLate(booked: Promise<void>, waitMs: number): Promise<void> {
  const over = new AbortController();
  await Promise.race([booked, sleep(waitMs, over.signal).catch(() => undefined)]);
  over.abort();
}
