// What a circuit learns from a failed call: decided by category and code, never by type or message.
import { isMooseError } from '../domain/failure.ts';
import type { Outcome } from './circuit.ts';

/** `failure`: the called side failed; `ignored`: the error says nothing about it. */
export type Classify = (failure: unknown) => Exclude<Outcome, 'success'>;

/**
 * A used-up subscription or limit says nothing about the called side: another account could still use it. Logs of a
 * forge are on another host.
 */
const ofOthers = new Set(['AGENT_USAGE_LIMIT', 'LOGIN_USED_UP', 'FORGE_PAUSED', 'FORGE_LOG_UNREADABLE']);

/** A failure without a code is a bug of ours, and a call that was not admitted was never made. */
export const outcomeOf: Classify = (failure) => {
  if (!isMooseError(failure) || failure.code === 'CIRCUIT_OPEN') return 'ignored';
  if (ofOthers.has(failure.code)) return 'ignored';
  return failure.category === 'transient' || failure.category === 'external' ? 'failure' : 'ignored';
};
