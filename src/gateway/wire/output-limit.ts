// The limit on an answer's length, wherever a protocol writes it.
import { memberOf } from './json-value.ts';

/**
 * @param least 1 if the protocol does not say what a limit of 0 means: many servers read it as no limit.
 * @returns null if there is none, and a problem if it is not a number of tokens
 */
export function askedOutput(
  body: unknown,
  name: string,
  least: 0 | 1 = 1,
): { tokens: number | null } | { problem: string } {
  const value = memberOf(body, name);
  if (value === undefined || value === null) return { tokens: null };
  if (value === 0 && least === 1)
    return { problem: `has a \`${name}\` of 0, which many servers treat as no limit` };
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return { tokens: value };
  return { problem: `has a \`${name}\` that is not a whole number` };
}

/** The limit to send: never more than the client asked for. */
export function limitFor(asked: number | null, limit: number): number {
  return asked === null ? limit : Math.min(asked, limit);
}
