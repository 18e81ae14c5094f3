// Holds one circuit's state in memory, reports its transitions, and adopts those of other machines.
import {
  type Admission,
  admit,
  type CircuitPhase,
  type CircuitPolicy,
  type CircuitState,
  newCircuit,
  type Outcome,
  type Permit,
  record,
  trip,
} from './circuit.ts';
import { adopt } from './circuit-sharing.ts';

export interface CircuitTransition {
  key: string;
  from: CircuitPhase;
  /**
   * The state to write if the row's generation is lower. If the write changes no row, another machine was first: then
   * the writer reads the row and passes it to `adopt`.
   */
  state: CircuitState;
  at: number;
}

export interface CircuitHolderOptions {
  key: string;
  policy: CircuitPolicy;
  /** In milliseconds since the epoch. */
  now(): number;
  /** Called in the middle of a call: it may note the transition and must return; it does not write by itself. */
  onTransition?(transition: CircuitTransition): void;
  /** Returns false if too many circuits of its group are open: then this one stays closed, whatever it counts. */
  mayOpen?(): boolean;
}

/** Counts since the start of the process. */
export interface CircuitCounts {
  admitted: number;
  rejected: number;
  success: number;
  failure: number;
  ignored: number;
  opened: number;
  /** The number of times that the group did not allow an opening. */
  withheld: number;
}

export class CircuitHolder {
  readonly key: string;
  readonly #options: CircuitHolderOptions;
  readonly #counts: CircuitCounts = {
    admitted: 0,
    rejected: 0,
    success: 0,
    failure: 0,
    ignored: 0,
    opened: 0,
    withheld: 0,
  };
  #state: CircuitState = newCircuit;
  /**
   * When probes on this or another machine last closed the circuit, or another machine's opening was last ignored after
   * that.
   */
  #provenAt = Number.NEGATIVE_INFINITY;

  constructor(options: CircuitHolderOptions) {
    this.key = options.key;
    this.#options = options;
  }

  get state(): CircuitState {
    return this.#state;
  }

  get counts(): Readonly<CircuitCounts> {
    return this.#counts;
  }

  admit(): Admission {
    // A closed circuit admits every call at any time, so most calls need no clock.
    const now = this.#state.phase === 'closed' ? 0 : this.#options.now();
    const admission = admit(this.#options.policy, this.#state, now);
    if (admission.admitted) this.#counts.admitted++;
    else this.#counts.rejected++;
    this.#become(admission.state, now);
    return admission;
  }

  record(permit: Permit, outcome: Outcome): void {
    const { policy } = this.#options;
    this.#counts[outcome]++;
    // A successful call through a closed circuit changes nothing, so it needs no clock either.
    if (this.#state.phase === 'closed' && outcome !== 'failure') return;
    const now = this.#options.now();
    const before = this.#state;
    const after = record(policy, before, permit, outcome, now);
    if (before.phase === 'closed' && after.phase === 'open' && !this.#mayOpen()) {
      this.#counts.withheld++;
      // Keeps the newest failures, one fewer than the threshold, so that the next failure asks the group again.
      this.#state = { ...before, failedAt: [...before.failedAt.slice(1), now] };
      return;
    }
    if (before.phase === 'half_open' && after.phase === 'closed') this.#provenAt = now;
    this.#become(after, now);
  }

  /** Opens the circuit immediately, if its group allows it. */
  trip(): void {
    const now = this.#options.now();
    if (this.#state.phase === 'closed' && !this.#mayOpen()) this.#counts.withheld++;
    else this.#become(trip(this.#state, now), now);
  }

  /** A row from another process, at the start and whenever it changes; an echo of our own write is ignored. */
  adopt(foreign: CircuitState): void {
    const { policy } = this.#options;
    const now = this.#options.now();
    const own = this.#state;
    const isRecent = now - this.#provenAt < policy.monitoringWindowMs;
    const isProven = isRecent || (own.phase === 'closed' && !this.#mayOpen());
    this.#state = adopt(policy, own, foreign, { now, isProven });
    const isClosed = own.phase !== 'closed' && this.#state.phase === 'closed';
    // If a machine repeats an opening that was disproved, it is ignored until a whole window has passed without such an
    // opening.
    if (isClosed || (isRecent && foreign.phase === 'open')) this.#provenAt = now;
  }

  #mayOpen(): boolean {
    return this.#options.mayOpen?.() ?? true;
  }

  #become(state: CircuitState, now: number): void {
    const from = this.#state.phase;
    this.#state = state;
    if (state.phase === from) return;
    if (state.phase === 'open') this.#counts.opened++;
    this.#options.onTransition?.({ key: this.key, from, state, at: now });
  }
}
