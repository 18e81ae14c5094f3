// The limit on an answer's length, wherever a protocol writes it.
import { memberOf } from './json-value.ts';

/** @returns null where there is none, and a problem where it is no number of tokens. */
export function askedOutput(body: unknown, name: string): { tokens: number | null } | { problem: string } {
  const value = memberOf(body, name);
  if (value === undefined || value === null) return { tokens: null };
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return { tokens: value };
  return { problem: `has a \`${name}\` that is no whole number` };
}

/** Never more than the client asked for. */
export function limitFor(asked: number | null, limit: number): number {
  return asked === null ? limit : Math.min(asked, limit);
}
