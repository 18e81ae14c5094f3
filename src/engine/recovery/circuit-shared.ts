// One circuit in this process: why it is open, for how long, and what must still be written to its row.
//
// If two machines disagree, each relies on its own observations. An opening on another machine is followed for one
// pause; here, only our own failures prolong it, so that a machine with a broken network cannot block the others.

import type { MooseError, TransientError } from '../../domain/failure.ts';
import {
  type Admission,
  admit,
  type CircuitPolicy,
  type Outcome,
  type Permit,
} from '../../resilience/circuit.ts';
import { CircuitHolder, type CircuitTransition } from '../../resilience/circuit-holder.ts';
import type { Classify } from '../../resilience/outcome-of.ts';
import { throughCircuit } from '../../resilience/through-circuit.ts';
import type { Random } from '../../stdx/random.ts';
import type { CircuitFact, CircuitRow } from '../../store/failures/circuit-states.ts';
import type { CircuitKind } from '../../store/schema/row-kinds.ts';
import type { CircuitCause, CircuitKey, CircuitView } from './circuit.ts';
import { causeOf } from './circuit-cause.ts';
import { askedPauseMsMax, pauseMsOf } from './circuit-policies.ts';
import { recoveryFailures } from './failure-catalogue.ts';

export interface SharedCircuitOptions {
  key: CircuitKey;
  kind: CircuitKind;
  policy: CircuitPolicy;
  /** In milliseconds since the epoch. */
  now(): number;
  random: Random;
  /** If false, the circuit stays closed, because no alternative of its kind is left. */
  mayOpen(): boolean;
  /** Called when the row must be written, in the middle of a call: it must return immediately. */
  onUnwritten(circuit: SharedCircuit): void;
}

/** Other machines retry this much later than the machine that opened the circuit, so that one machine probes for all. */
const followerDelayShare = 0.1;
/** The retry delay for callers of a circuit that a person keeps open. */
const heldRetryAfterMs = 60_000;
/** An opening that our own calls disprove is closed in the row if nobody has repeated it for this long after its pause. */
const disputeMs = 60_000;

export class SharedCircuit {
  readonly key: CircuitKey;
  readonly kind: CircuitKind;
  readonly #options: SharedCircuitOptions;
  readonly #holder: CircuitHolder;
  #policy: CircuitPolicy;
  /** When a caller last asked for admission, on this machine or another. */
  #askedAt = Number.NEGATIVE_INFINITY;
  #openings = 0;
  #openedAt: number | null = null;
  #because: CircuitCause | null = null;
  #heldBy: string | null = null;
  #rejectedWhileHeld = 0;
  /** The failure of the current call, while the circuit reacts to it. */
  #failure: unknown;
  #disputeEndsAt: number | null = null;
  #unwritten = false;

  constructor(options: SharedCircuitOptions) {
    this.key = options.key;
    this.kind = options.kind;
    this.#options = options;
    this.#policy = options.policy;
    const policy = () => this.#policy;
    const { key, now, mayOpen } = options;
    this.#holder = new CircuitHolder({
      key,
      now,
      mayOpen,
      get policy() {
        return policy();
      },
      onTransition: (transition) => this.#changed(transition),
    });
  }

  /** Rejects with CIRCUIT_OPEN if the circuit admits nobody. */
  through<T>(signal: AbortSignal, call: () => Promise<T>, classify: Classify): Promise<T> {
    return throughCircuit(
      this,
      {
        signal,
        classify: (failure) => {
          this.#failure = failure;
          return classify(failure);
        },
      },
      call,
    );
  }

  admit(): Admission {
    this.#askedAt = this.#options.now();
    if (this.#heldBy === null) return this.#holder.admit();
    this.#rejectedWhileHeld++;
    throw held(this.key, this.#heldBy);
  }

  record(permit: Permit, outcome: Outcome): void {
    // A service that answers a probe is available, so the pauses start again from the shortest.
    if (outcome === 'success' && this.#holder.state.phase === 'half_open') this.#openings = 0;
    this.#holder.record(permit, outcome);
    this.#failure = undefined;
    if (outcome === 'success' && this.#disputeEndsAt !== null) this.#endDispute(this.#disputeEndsAt);
  }

  trip(failure: MooseError): void {
    this.#failure = failure;
    this.#holder.trip();
    this.#failure = undefined;
  }

  /** If nobody calls the service, nobody knows whether it works. */
  get askedAt(): number {
    return this.#askedAt;
  }

  get isShut(): boolean {
    return this.#heldBy !== null || this.#holder.state.phase !== 'closed';
  }

  /** True if something is not written to the row yet. */
  get isUnwritten(): boolean {
    return this.#unwritten;
  }

  retryAfterMs(): number {
    const now = this.#options.now();
    this.#askedAt = now;
    return this.#waitMs(now);
  }

  view(): CircuitView {
    const { counts, state } = this.#holder;
    return {
      key: this.key,
      kind: this.kind,
      phase: state.phase,
      openings: this.#openings,
      openedAt: this.#openedAt === null ? null : new Date(this.#openedAt),
      because: this.#because,
      heldBy: this.#heldBy,
      retryAfterMs: this.#waitMs(this.#options.now()),
      counts: { ...counts, rejected: counts.rejected + this.#rejectedWhileHeld },
    };
  }

  /** The content to write to the row. */
  fact(): CircuitFact {
    const { state } = this.#holder;
    return {
      key: this.key,
      kind: this.kind,
      state,
      because: this.#because,
      openedAt: this.#openedAt === null ? null : new Date(this.#openedAt),
      notBefore: state.phase === 'open' ? new Date(state.openedAt + this.#policy.recoveryTimeoutMs) : null,
      openings: this.#openings,
    };
  }

  /** Call this when the row has this generation or a higher one. */
  written(generation: number): void {
    if (generation >= this.#holder.state.generation) this.#unwritten = false;
  }

  /** Applies the row's current content, whoever wrote it. */
  adopt(row: CircuitRow): void {
    const before = this.#holder.state.phase;
    this.#heldBy = row.heldBy;
    this.#askedAt = Math.max(this.#askedAt, Math.min(row.updatedAt.getTime(), this.#options.now()));
    this.#holder.adopt(row.state);
    const after = this.#holder.state.phase;
    if (after === 'closed') {
      if (before !== 'closed') this.#closed();
      const isDisputed = row.state.phase !== 'closed';
      this.#disputeEndsAt = isDisputed ? this.#disputeEnd(row) : null;
    } else if (before === 'closed') this.#followed(row);
  }

  #waitMs(now: number): number {
    if (this.#heldBy !== null) return heldRetryAfterMs;
    const admission = admit(this.#policy, this.#holder.state, now);
    return admission.admitted ? 0 : admission.retryAfterMs;
  }

  #changed({ state }: CircuitTransition): void {
    if (state.phase === 'open') {
      this.#openings++;
      this.#openedAt = state.openedAt;
      this.#because = causeOf(this.#failure);
      this.#pause(pauseMsOf(this.#options.policy, this.#openings, this.#because?.retryAfterMs));
    } else if (state.phase === 'closed') this.#closed();
    this.#markUnwritten();
  }

  /** Another machine opened the circuit: its number of openings counts here too if our own probes fail. */
  #followed({ openings, openedAt, because }: CircuitRow): void {
    this.#openings = openings;
    this.#openedAt = openedAt?.getTime() ?? null;
    this.#because = because;
    const pauseMs = pauseMsOf(this.#options.policy, 1, because?.retryAfterMs);
    this.#pause(pauseMs * (1 + followerDelayShare * this.#options.random()));
  }

  #closed(): void {
    this.#openings = 0;
    this.#policy = this.#options.policy;
  }

  #pause(recoveryTimeoutMs: number): void {
    this.#policy = { ...this.#options.policy, recoveryTimeoutMs };
  }

  #markUnwritten(): void {
    this.#unwritten = true;
    this.#options.onUnwritten(this);
  }

  #disputeEnd({ notBefore }: CircuitRow): number {
    const now = this.#options.now();
    return Math.max(now, Math.min(notBefore?.getTime() ?? now, now + askedPauseMsMax)) + disputeMs;
  }

  /** The service works here, and the machine that disagreed has stopped reporting: the row is closed. */
  #endDispute(endsAt: number): void {
    const { state } = this.#holder;
    if (state.phase !== 'closed' || this.#options.now() < endsAt) return;
    this.#disputeEndsAt = null;
    this.#holder.adopt({ ...state, generation: state.generation + 1 });
    this.#markUnwritten();
  }
}

function held(key: CircuitKey, by: string): TransientError {
  return recoveryFailures.CIRCUIT_OPEN(
    { operation: 'admit', retryAfterMs: heldRetryAfterMs, metadata: { circuit: key, heldBy: by } },
    { by, key },
  );
}
