import type { Peers } from './peers.ts';
import { type Case, call } from './turns.ts';

const attemptsMax = 3;
const timeoutMs = 60_000;

/** Each library's settings are as close to R-REC-1 and R-REC-2 as possible. */
export function peerCases({ cockatiel, opossum, pRetry }: Peers): Record<string, Case> {
  const { handleAll } = cockatiel;
  const backoff = new cockatiel.ExponentialBackoff({ initialDelay: 100, maxDelay: 30_000, exponent: 2 });
  const retry = cockatiel.retry(handleAll, { maxAttempts: attemptsMax - 1, backoff });
  const breaker = new cockatiel.SamplingBreaker({ threshold: 0.5, duration: 60_000, minimumRps: 1 });
  const circuit = cockatiel.circuitBreaker(handleAll, { halfOpenAfter: 30_000, breaker });
  const wrapped = cockatiel.wrap(retry, circuit);
  const timed = cockatiel.wrap(
    retry,
    circuit,
    cockatiel.timeout(timeoutMs, cockatiel.TimeoutStrategy.Aggressive),
  );
  const full = new opossum(call, {});
  const bareBones = { timeout: false, rollingPercentilesEnabled: false, enableSnapshots: false };
  const least = new opossum(call, bareBones);
  return {
    cockatiel_retry: { run: () => retry.execute(call) },
    cockatiel_circuit: { run: () => circuit.execute(call) },
    cockatiel_retry_circuit: { run: () => wrapped.execute(call) },
    cockatiel_retry_circuit_timeout: { run: () => timed.execute(call) },
    opossum_as_it_comes: { run: () => full.fire(), end: () => full.shutdown() },
    opossum_at_its_least: { run: () => least.fire(), end: () => least.shutdown() },
    p_retry: { run: () => pRetry(call, { retries: attemptsMax - 1 }) },
  };
}
