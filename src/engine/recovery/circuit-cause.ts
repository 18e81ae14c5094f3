// Why a circuit opened, for the circuit's row and its alert. Pure.
import { isMooseError } from '../../domain/failure.ts';
import { redact } from '../../domain/text/redact.ts';
import type { CircuitFact } from '../../store/failures/circuit-states.ts';
import type { CircuitCause } from './circuit.ts';

export function causeOf(failure: unknown): CircuitCause | null {
  if (!(failure instanceof Error)) return null;
  const message = redact(failure.message);
  if (!isMooseError(failure)) return { code: failure.name, message };
  const { code, retryAfterMs } = failure;
  return { code, message, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

export const alertKeyOf = (key: string) => `circuit:${key}`;

/** One sentence for the person who operates Moose. */
export function alertMessageOf({ key, because, notBefore, openings }: CircuitFact): string {
  const until = notBefore ? ` until ${notBefore.toISOString()}` : '';
  const times = openings > 1 ? ` (${openings} times in a row)` : '';
  return `${key} failed too often, so its circuit is open${until}${times}: ${because?.message ?? 'the cause is unknown.'}`;
}
