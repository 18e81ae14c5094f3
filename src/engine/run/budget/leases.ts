// Leases of a gateway (R-BUD-13): money that is committed before its first use, so that frequent calls need not wait for a commit
// each. A lease is for the calls to one model that draw from one envelope, and names the keys that may use it. The rows of these
// calls are written a moment later, many together; until then their lease holds their money, and if this process dies, it is
// presumed spent as a whole.
import { uuidv7 } from '../../../stdx/random.ts';
import type { CallDraw } from './call-ledger.ts';

/** For how long a lease may be used, by a clock that does not stop with the process, from before it was asked for. */
const validMs = 2_000;
/** A lease is renewed when less than a quarter of its time or of its money is left. */
const renewParts = 4;
/**
 * After this many calls within `busyMs`, a lease is drawn. It holds what calls at that rate hold in `validMs`, and at least
 * `sizeLeastCalls` times the last one.
 */
const busyCalls = 4;
const busyMs = 1_000;
const sizeLeastCalls = 4n;
/** A lease without calls is given back after this time: the end of a session waits for its open calls. */
const idleMs = 250;
/** Near the limit, calls are drawn one by one: leases would starve others. In holds of the latest call. */
const leftLeastCalls = 4n;
/** Uses and keys that are remembered. The rest begins again. */
const usesMax = 4_096;

interface Lease {
  id: string;
  /** The hashes of the keys that may use it, by their IDs. */
  keys: ReadonlyMap<string, string>;
  leftNanoUsd: bigint;
  sizeNanoUsd: bigint;
  /** By `performance.now()`. */
  untilMs: number;
  timer: NodeJS.Timeout;
}

interface Use {
  /** A guess, if no lease has told it yet. */
  envelopeId: string;
  model: string;
  lease: Lease | null;
  isAsking: boolean;
  /** By `performance.now()`: when a lease may be asked for again after there was no room for one. */
  notBeforeMs: number;
  recent: { atMs: number; nanoUsd: bigint }[];
}

export interface LeaseActs {
  /** Draws a lease; null if the ledger gives none. */
  ask(
    leaseId: string,
    of: CallDraw,
    size: { nanoUsd: bigint; leftLeastNanoUsd: bigint },
  ): Promise<{ envelopeId: string; keys: ReadonlyMap<string, string> } | null>;
  /** Gives back what is left when its last call is written, however long it takes. */
  end(leaseId: string): Promise<void>;
  /** As `end`, for a lease that may still be drawn: then it no longer can be. */
  undo(leaseId: string, of: CallDraw): Promise<void>;
  /** Writes a call out of a lease, a moment later, and however long it takes. */
  write(leaseId: string, draw: CallDraw): void;
  /** What failed, as the end of a sentence. Money is never lost by it, but more of it is held or presumed. */
  report(what: string, cause: unknown): void;
}

export class Leases {
  readonly #acts: LeaseActs;
  readonly #uses = new Map<string, Use>();
  /** The keys that this gateway has stopped: the ledger may not know it yet, and name them again. */
  readonly #stopped = new Set<string>();
  /** The envelope of each key, as far as it is known: a wrong one costs time, not money. */
  readonly #envelopes = new Map<string, string>();
  readonly #asking = new Set<Promise<void>>();
  readonly #ending = new Set<Promise<void>>();
  readonly #nowMs: () => number;
  #isClosed = false;

  constructor(acts: LeaseActs, nowMs: () => number = () => performance.now()) {
    this.#acts = acts;
    this.#nowMs = nowMs;
  }

  /** Says which envelope a key draws from, so that its calls count together with those of other keys. */
  learn(keyId: string, envelopeId: string): void {
    if (this.#envelopes.size >= usesMax) this.#envelopes.clear();
    this.#envelopes.set(keyId, envelopeId);
  }

  /** Takes the hold of a call out of a lease. False: there is none that its key may use, or not enough in it. */
  take(draw: CallDraw): boolean {
    const use = this.#of(draw);
    const nowMs = this.#nowMs();
    const { lease } = use;
    const isNamed =
      !this.#stopped.has(draw.keyId) && (lease === null || lease.keys.get(draw.keyId) === draw.keyHash);
    const isTaken =
      lease !== null && isNamed && nowMs < lease.untilMs && lease.leftNanoUsd >= draw.worstCaseNanoUsd;
    if (isTaken) {
      lease.leftNanoUsd -= draw.worstCaseNanoUsd;
      this.#acts.write(lease.id, draw);
    }
    use.recent.push({ atMs: nowMs, nanoUsd: draw.worstCaseNanoUsd });
    while (use.recent[0] && use.recent[0].atMs < nowMs - busyMs) use.recent.shift();
    // A key that is not named may be stopped, and must not ask for the others.
    if (isNamed && isNearEnd(use.lease, nowMs)) {
      const asked = this.#renew(use, draw).finally(() => this.#asking.delete(asked));
      this.#asking.add(asked);
    }
    return isTaken;
  }

  /** From now on, this key uses no lease of this gateway. */
  stop(keyId: string): void {
    this.#stopped.add(keyId);
  }

  /** Gives back the leases of a key's envelope, or of a model; resolves when that is written. True if there were any. */
  async drop(of: { keyId?: string; model?: string }): Promise<boolean> {
    const envelopeId = of.keyId === undefined ? undefined : this.#envelopeOf(of.keyId);
    const dropped = [...this.#uses.values()].flatMap((use) => {
      const isMeant =
        (envelopeId === undefined || use.envelopeId === envelopeId) &&
        (of.model === undefined || use.model === of.model);
      use.recent = isMeant ? [] : use.recent;
      return isMeant && use.lease !== null ? [this.#end(use, use.lease)] : [];
    });
    await Promise.all(dropped);
    return dropped.length > 0;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#asking);
    await this.drop({});
    await Promise.all(this.#ending);
  }

  #envelopeOf(keyId: string): string {
    return this.#envelopes.get(keyId) ?? keyId;
  }

  #of({ keyId, gatewayId, model }: CallDraw): Use {
    const envelopeId = this.#envelopeOf(keyId);
    const name = [envelopeId, gatewayId, model].join(' ');
    const known = this.#uses.get(name);
    if (known) return known;
    if (this.#uses.size >= usesMax) this.#forgetIdle();
    const use: Use = { envelopeId, model, lease: null, isAsking: false, notBeforeMs: 0, recent: [] };
    this.#uses.set(name, use);
    return use;
  }

  #forgetIdle(): void {
    for (const [name, { lease, isAsking }] of this.#uses)
      if (lease === null && !isAsking) this.#uses.delete(name);
  }

  async #renew(use: Use, draw: CallDraw): Promise<void> {
    const nowMs = this.#nowMs();
    const isCalm = use.recent.length < busyCalls || nowMs < use.notBeforeMs;
    if (use.isAsking || this.#isClosed || isCalm) return;
    use.isAsking = true;
    const { recent } = use;
    const least = sizeLeastCalls * draw.worstCaseNanoUsd;
    const sum = recent.reduce((nanoUsd, one) => nanoUsd + one.nanoUsd, 0n);
    const usual = (sum * BigInt(validMs)) / BigInt(busyMs);
    const size = {
      nanoUsd: usual > least ? usual : least,
      leftLeastNanoUsd: leftLeastCalls * draw.worstCaseNanoUsd,
    };
    const untilMs = nowMs + validMs;
    const id = uuidv7(Date.now());
    try {
      const drawn = await this.#acts.ask(id, draw, size);
      if (drawn === null) {
        use.notBeforeMs = nowMs + busyMs;
        return;
      }
      this.learn(draw.keyId, drawn.envelopeId);
      // Dropped in the meantime, because its model may be stopped; or drawn from another envelope than was known, which the next
      // call finds.
      if (use.recent !== recent || use.envelopeId !== drawn.envelopeId)
        void this.#giveBack(this.#acts.end(id));
      else this.#begin(use, { id, keys: drawn.keys, untilMs, ...sized(size.nanoUsd) });
    } catch (cause) {
      // Whether it was drawn is not known: it is given back.
      this.#acts.report('lease money, so calls are drawn one by one', cause);
      void this.#giveBack(this.#acts.undo(id, draw));
    } finally {
      use.isAsking = false;
    }
  }

  #begin(use: Use, drawn: Pick<Lease, 'id' | 'keys' | 'untilMs' | 'leftNanoUsd' | 'sizeNanoUsd'>): void {
    const before = use.lease;
    const lease: Lease = {
      ...drawn,
      timer: setTimeout(() => this.#endIfIdle(use, lease), idleMs),
    };
    lease.timer.unref();
    use.lease = lease;
    if (before) void this.#end(use, before);
  }

  #endIfIdle(use: Use, lease: Lease): void {
    const nowMs = this.#nowMs();
    const lastMs = use.recent.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY;
    if (nowMs >= lease.untilMs || nowMs - lastMs >= idleMs) void this.#end(use, lease);
    else lease.timer.refresh();
  }

  #end(use: Use, lease: Lease): Promise<void> {
    clearTimeout(lease.timer);
    if (use.lease === lease) use.lease = null;
    lease.untilMs = Number.NEGATIVE_INFINITY;
    return this.#giveBack(this.#acts.end(lease.id));
  }

  #giveBack(ended: Promise<void>): Promise<void> {
    const over = ended
      .catch((cause: unknown) =>
        this.#acts.report('give a lease back, which is presumed when this gateway is gone', cause),
      )
      .finally(() => this.#ending.delete(over));
    this.#ending.add(over);
    return over;
  }
}

const sized = (nanoUsd: bigint) => ({ leftNanoUsd: nanoUsd, sizeNanoUsd: nanoUsd });

function isNearEnd(lease: Lease | null, nowMs: number): boolean {
  return (
    lease === null ||
    lease.untilMs - nowMs < validMs / renewParts ||
    lease.leftNanoUsd * BigInt(renewParts) < lease.sizeNanoUsd
  );
}
