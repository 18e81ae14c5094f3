// Delays the answer to a session that is refused over and over: a session that immediately calls again would otherwise
// take the gateway's time from the others (R-SEC-3).
import type { ServerResponse } from 'node:http';
import type { CallFailureKind } from '../../domain/agents/model-call.ts';
import { sleep } from '../../stdx/async/sleep.ts';
import type { GatewayLimits } from '../limits.ts';

/** Failures after which repeating the same call cannot succeed for a while. */
const delayed: ReadonlySet<CallFailureKind> = new Set(['braked', 'overloaded']);

export class SlowRefusals {
  readonly #limits: Pick<GatewayLimits, 'slowRefusalMs' | 'slowRefusalsMax'>;
  #waiting = 0;

  constructor(limits: Pick<GatewayLimits, 'slowRefusalMs' | 'slowRefusalsMax'>) {
    this.#limits = limits;
  }

  /** Ends early if the client disconnects or the signal is aborted. If too many wait, nobody else does. */
  async delay(failure: CallFailureKind, answer: ServerResponse, signal: AbortSignal): Promise<void> {
    if (!delayed.has(failure) || this.#waiting >= this.#limits.slowRefusalsMax || answer.destroyed) return;
    const left = new AbortController();
    const onClose = () => left.abort();
    answer.once('close', onClose);
    this.#waiting += 1;
    const over = AbortSignal.any([signal, left.signal]);
    await sleep(this.#limits.slowRefusalMs, over).catch(() => undefined);
    this.#waiting -= 1;
    answer.off('close', onClose);
  }
}
