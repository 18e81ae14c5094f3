// Writes calls that took their holds out of a lease: many together, and with their costs, if these are known soon. Nobody
// waits for the row of such a call but its later bookings.
import { sleep } from '../../../stdx/async/sleep.ts';
import type { Query } from '../../../store/database.ts';
import type { CallBooking } from '../../../store/money/draw-and-book-calls.ts';
import {
  endLease,
  type LeasedAnswer,
  type LeasedCall,
  writeLeasedCalls,
} from '../../../store/money/leases.ts';
import type { CallDraw } from './call-ledger.ts';

/**
 * Calls gather for this long, and once more if they have not ended by then: most calls that are answered at once are written
 * with their costs. After a crash, their rows are missing; their money is in the lease.
 */
const gatherMs = 100;
const callsMax = 256;
/** The longest wait for rows that somebody has locked. */
const lockedMsMax = 250;
const unwrittenMax = 1_024;

interface Unwritten extends LeasedCall {
  isBegun: boolean;
  /** It has ended, or has waited for its end. */
  isDue: boolean;
  /** True: its cost is booked, too. */
  written: PromiseWithResolvers<boolean>;
}

interface CallsOfLease {
  unwritten: number;
  /** One of them could not be written. */
  areLost: boolean;
  /** Settled when the lease has been given back; null while it may be used. */
  end: PromiseWithResolvers<void> | null;
}

export class LeasedCalls {
  readonly #unwritten = new Map<string, Unwritten>();
  /** By the IDs of the leases that were used and are not given back. */
  readonly #leases = new Map<string, CallsOfLease>();
  readonly #surely: <T>(work: (query: Query) => Promise<T>) => Promise<T>;
  readonly #lost: (cause: unknown) => void;
  #isWriting = false;

  /**
   * @param surely writes, however long it takes
   * @param lost a call could not be written
   */
  constructor(surely: <T>(work: (query: Query) => Promise<T>) => Promise<T>, lost: (cause: unknown) => void) {
    this.#surely = surely;
    this.#lost = lost;
  }

  has(callId: string): boolean {
    return this.#unwritten.has(callId);
  }

  /** Whether more calls wait for their rows than the database takes in a while. */
  get isBehind(): boolean {
    return this.#unwritten.size >= unwrittenMax;
  }

  /** Its row is written a moment later. */
  write(leaseId: string, draw: CallDraw): void {
    const written = Promise.withResolvers<boolean>();
    written.promise.catch(this.#lost);
    this.#unwritten.set(draw.callId, { leaseId, draw, settled: null, isBegun: false, isDue: false, written });
    const lease = this.#leases.get(leaseId);
    if (lease) lease.unwritten += 1;
    else this.#leases.set(leaseId, { unwritten: 1, areLost: false, end: null });
    if (!this.#isWriting) void this.#writeAll();
  }

  /**
   * Gives back what is left of a lease with its last call, or at once if all of them are written. If one is lost, the lease is
   * never given back, so that it is presumed in the end.
   */
  end(leaseId: string): Promise<void> {
    const lease = this.#leases.get(leaseId);
    if (lease === undefined) return this.#surely((query) => endLease(query, leaseId));
    lease.end ??= Promise.withResolvers<void>();
    const { promise } = lease.end;
    if (lease.unwritten === 0) this.#over(leaseId, lease, false);
    return promise;
  }

  /** Books with the row of the call, or once it has one: then by `apart`. */
  async book(booking: CallBooking, apart: () => Promise<boolean>): Promise<boolean> {
    const call = this.#unwritten.get(booking.callId);
    if (call === undefined) return apart();
    const isPlain =
      booking.kind === 'settle' &&
      booking.stops === undefined &&
      booking.nanoUsd !== null &&
      booking.nanoUsd <= call.draw.worstCaseNanoUsd;
    if (isPlain && !call.isBegun && call.settled === null) call.settled = booking;
    call.isDue = true;
    const isBooked = await call.written.promise;
    return call.settled === booking && isBooked ? true : apart();
  }

  /** One batch after the other: two would wait for the same rows. Never rejects. */
  async #writeAll(): Promise<void> {
    this.#isWriting = true;
    let waitMs = gatherMs;
    while (this.#unwritten.size > 0) {
      await sleep(waitMs);
      const calls = this.#takeDue();
      if (calls.length === 0) continue;
      await this.#writeSome(calls);
      const areLocked = calls.every(({ draw }) => this.#unwritten.has(draw.callId));
      if (areLocked) waitMs = Math.min(2 * waitMs, lockedMsMax);
      else waitMs = calls.length === callsMax ? 0 : gatherMs;
    }
    this.#isWriting = false;
  }

  #takeDue(): Unwritten[] {
    const all = [...this.#unwritten.values()];
    const due = all.filter(({ isDue }) => isDue).slice(0, callsMax);
    for (const call of all) call.isDue = true;
    return due;
  }

  async #writeSome(calls: Unwritten[]): Promise<void> {
    for (const call of calls) call.isBegun = true;
    try {
      const lastOf = this.#givenBackWith(calls);
      const answers = await this.#surely((query) => writeLeasedCalls(query, calls, lastOf));
      for (const [index, call] of calls.entries())
        this.#end(call, answers[index] ?? 'locked', lastOf.includes(call.leaseId));
    } catch (cause) {
      // One of them is wrong, and must not fail the others.
      if (calls.length > 1) for (const call of calls) await this.#writeSome([call]);
      else for (const call of calls) this.#lose(call, cause);
    }
  }

  /** The leases that are over, and whose other calls are written. */
  #givenBackWith(calls: readonly Unwritten[]): string[] {
    return [...Map.groupBy(calls, ({ leaseId }) => leaseId)].flatMap(([leaseId, { length }]) => {
      const lease = this.#leases.get(leaseId);
      return lease?.end && !lease.areLost && lease.unwritten === length ? [leaseId] : [];
    });
  }

  #end(call: Unwritten, answer: LeasedAnswer, isGivenBack: boolean): void {
    const { callId } = call.draw;
    this.#unwritten.delete(callId);
    // Behind the others, so that it keeps none of them waiting.
    if (answer === 'locked') {
      this.#unwritten.set(callId, Object.assign(call, { isBegun: false }));
      return;
    }
    this.#count(call, isGivenBack);
    call.written.resolve(answer === 'done');
  }

  #lose(call: Unwritten, cause: unknown): void {
    this.#unwritten.delete(call.draw.callId);
    const lease = this.#leases.get(call.leaseId);
    if (lease) lease.areLost = true;
    call.written.reject(cause);
    this.#count(call, false);
  }

  #count({ leaseId }: Unwritten, isGivenBack: boolean): void {
    const lease = this.#leases.get(leaseId);
    if (lease === undefined) return;
    lease.unwritten -= 1;
    if (lease.end && lease.unwritten === 0) this.#over(leaseId, lease, isGivenBack);
  }

  #over(leaseId: string, { areLost, end }: CallsOfLease, isGivenBack: boolean): void {
    this.#leases.delete(leaseId);
    if (areLost || isGivenBack) end?.resolve();
    else this.#surely((query) => endLease(query, leaseId)).then(end?.resolve, end?.reject);
  }
}
