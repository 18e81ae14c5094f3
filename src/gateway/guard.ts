// The seam to the circuits: whether a provider and a model may be asked, and what they learn of each call.
import type { CallFailureKind } from '../domain/model-call.ts';

export interface CallGuard {
  /** Answers at once. Who was let through says how it ended, once, whatever happens. */
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
  /** Null where it went well; `client_gone` and what the gateway refused by itself say nothing about the provider. */
  failure: CallFailureKind | null;
  retryAfterMs: number | null;
}

/** Lets everybody through. */
export const noGuard: CallGuard = {
  admit: async () => ({ kind: 'admitted', ended: () => undefined }),
};

/** The provider was not asked, or not to the end: what the gateway or the client decided by itself. */
const ownDecisions: ReadonlySet<CallFailureKind> = new Set<CallFailureKind>([
  'client_gone',
  'budget_exceeded',
  'braked',
  'unpriced',
  'refused_feature',
  'circuit_open',
  'ledger_away',
]);

export interface ThroughOptions {
  /** As `Circuits.through` runs a call: it is not begun where a circuit is open. */
  through(target: GuardedTarget, call: () => Promise<void>): Promise<void>;
  /** What the circuits are to see of an end; null where it says nothing bad. */
  failureOf(target: GuardedTarget, end: GuardedEnd): Error | null;
  /** The wait that a rejection asks for; null where it is no circuit that rejects. */
  openFor(rejection: unknown): number | null;
}

/** A guard over circuits that want to hold the call in their hands from its begin to its end. */
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
          // The failure of a call comes back by the way that it went: it was told already.
          if (isBegun) return;
          const retryAfterMs = openFor(rejection);
          if (retryAfterMs === null) reject(rejection);
          else resolve({ kind: 'open', retryAfterMs });
        });
      }),
  };
}
