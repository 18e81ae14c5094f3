// The interface to the circuits: whether a provider and a model may be called, and what the circuits learn from each
// call.
import type { CallFailureKind } from '../../domain/agents/model-call.ts';

export interface CallGuard {
  /** Decides immediately. Every admitted call reports its end exactly once. */
  admit(target: GuardedTarget): Promise<Admission>;
}

export interface GuardedTarget {
  provider: string;
  /** `provider/model`. */
  model: string;
}

export type Admission =
  | { kind: 'admitted'; ended(end: GuardedEnd): void }
  | { kind: 'open'; retryAfterMs: number };

export interface GuardedEnd {
  /** Null if it succeeded; `client_gone` and the gateway's own refusals say nothing about the provider. */
  failure: CallFailureKind | null;
  retryAfterMs: number | null;
}

/** A guard that admits every call. */
export const noGuard: CallGuard = {
  admit: async () => ({ kind: 'admitted', ended: () => undefined }),
};

/** The gateway or the client decided this; the provider was not called, or not to the end. */
const ownDecisions: ReadonlySet<CallFailureKind> = new Set<CallFailureKind>([
  'client_gone',
  'budget_exceeded',
  'braked',
  'unpriced',
  'model_stopped',
  'refused_feature',
  'circuit_open',
  'ledger_away',
]);

export interface ThroughOptions {
  /** Like `Circuits.through`: rejects without starting the call while a circuit is open. */
  through(target: GuardedTarget, call: () => Promise<void>): Promise<void>;
  /** The failure to report to the circuits; null if the end indicates none. */
  failureOf(target: GuardedTarget, end: GuardedEnd): Error | null;
  /** How long to wait, from a circuit's rejection; null if no circuit rejected the call. */
  openFor(rejection: unknown): number | null;
}

/** A guard for circuits that wrap a call from start to end. */
export function guardThrough({ through, failureOf, openFor }: ThroughOptions): CallGuard {
  return {
    admit: (target) =>
      new Promise<Admission>((resolve, reject) => {
        const over = Promise.withResolvers<void>();
        const ended = (end: GuardedEnd) => {
          const isOwn = end.failure !== null && ownDecisions.has(end.failure);
          const failure = isOwn ? new Error(`says nothing: ${end.failure}`) : failureOf(target, end);
          if (failure === null) over.resolve();
          else over.reject(failure);
        };
        let isBegun = false;
        through(target, () => {
          isBegun = true;
          resolve({ kind: 'admitted', ended });
          return over.promise;
        }).catch((rejection: unknown) => {
          // The failure was already reported; here it only propagates back.
          if (isBegun) return;
          const retryAfterMs = openFor(rejection);
          if (retryAfterMs === null) reject(rejection);
          else resolve({ kind: 'open', retryAfterMs });
        });
      }),
  };
}
