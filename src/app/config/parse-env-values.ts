// Parses values from the environment, and refuses invalid ones with a message and advice.
import { isAbsolute, resolve } from 'node:path';
import { durationMs } from '../../domain/duration.ts';
import { ConfigurationError } from '../../domain/failure.ts';
import { problemOfLabels } from '../../domain/label.ts';
import { parseUsd } from '../../domain/money.ts';
import type { GrantedPath } from '../../domain/session.ts';

/** A timer with a longer delay fires immediately. */
const integerMax = 2 ** 31 - 1;

export function integer(given: string, name: string, fallback: number): number {
  if (given === '') return fallback;
  const value = Number(given);
  if (Number.isInteger(value) && value > 0 && value <= integerMax) return value;
  throw new ConfigurationError({
    code: 'SETTING_INVALID',
    component: 'config',
    operation: 'read',
    message: `${name} is "${given}", but must be a whole number from 1 to ${integerMax}.`,
    advice: `Correct it, or unset it for the default of ${fallback}.`,
  });
}

export function flag(given: string, name: string): boolean {
  if (['1', 'true', 'yes', 'on'].includes(given)) return true;
  if (['', '0', 'false', 'no', 'off'].includes(given)) return false;
  throw new ConfigurationError({
    code: 'SETTING_INVALID',
    component: 'config',
    operation: 'read',
    message: `${name} is "${given}", which is neither on nor off.`,
    advice: 'Set it to 1 or 0, or unset it.',
  });
}

/** One of several words; the first is the default. */
export function oneOf<Word extends string>(
  given: string,
  name: string,
  words: readonly [Word, ...Word[]],
): Word {
  const word = given === '' ? words[0] : words.find((each) => each === given);
  if (word !== undefined) return word;
  throw new ConfigurationError({
    code: 'SETTING_INVALID',
    component: 'config',
    operation: 'read',
    message: `${name} is "${given}", which is not a valid value.`,
    advice: `Set it to one of ${words.join(', ')}, or unset it for "${words[0]}".`,
  });
}

/** `PATH[:rw],…`: absolute, or below the home directory with `~/`. */
export function grantedPaths(named: readonly string[], home: string | undefined): GrantedPath[] {
  return named.map((given) => {
    const isWritten = given.endsWith(':rw');
    const path = (isWritten ? given.slice(0, -':rw'.length) : given).replace(/^~(?=\/|$)/, home ?? '~');
    if (isAbsolute(path)) return { path: resolve(path), sight: isWritten ? 'write' : 'read' };
    throw new ConfigurationError({
      code: 'SETTING_INVALID',
      component: 'config',
      operation: 'read',
      message: `MOOSE_SANDBOX_PATHS names "${given}", which is not an absolute path.`,
      advice: 'Write paths that begin with / or ~/, separated by commas, with `:rw` after each writable one.',
    });
  });
}

/** `fallback` is in dollars. */
export function dollars(given: string, name: string, fallback: number): bigint {
  const nanoUsd = parseUsd(given || String(fallback));
  if (nanoUsd !== undefined) return nanoUsd;
  throw new ConfigurationError({
    code: 'SETTING_INVALID',
    component: 'config',
    operation: 'read',
    message: `${name} is "${given}", which is not an amount of money.`,
    advice: `Write dollars, as in 0.50, or unset it for $${fallback}.`,
  });
}

/** Splits comma-separated names. */
export function listed(given: string): string[] {
  return given
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
}

const waitMsMax = 24 * 60 * 60_000;

/** How long Moose waits for something, in milliseconds; 0 if it is not given. */
export function waitMs(given: string, name: string): number {
  if (given === '' || given === '0') return 0;
  const ms = durationMs(given);
  if (ms !== null && ms <= waitMsMax) return ms;
  throw new ConfigurationError({
    code: 'SETTING_INVALID',
    component: 'config',
    operation: 'read',
    message: `${name} is "${given}", which is not a duration of at most 24 hours.`,
    advice: 'Write it as 90s, 10m or 2h, or unset it.',
  });
}

/** Splits comma-separated labels. */
export function labels(given: string, name: string): string[] {
  const all = listed(given);
  const problem = problemOfLabels(all);
  if (problem === undefined) return all;
  throw new ConfigurationError({
    code: 'SETTING_INVALID',
    component: 'config',
    operation: 'read',
    message: `${name} is not a list of labels: ${problem}`,
    advice: 'Write labels as KEY=VALUE, separated by commas, for example gpu=yes,zone=eu.',
  });
}

export function databaseUrl(given: string): string | null {
  if (!given) return null;
  if (URL.canParse(given) && /^postgres(ql)?:$/.test(new URL(given).protocol)) return withoutName(given);
  throw new ConfigurationError({
    code: 'DATABASE_URL_INVALID',
    component: 'config',
    operation: 'read',
    message: 'MOOSE_DATABASE_URL is not the address of a PostgreSQL database.',
    advice: 'Write it as postgres://user:password@host:port/database, or unset it to use the embedded one.',
  });
}

/** A name in the address would replace the names by which Moose recognizes the connections of its processes. */
function withoutName(url: string): string {
  const [address = url, ...queries] = url.split('?');
  if (queries.length === 0) return url;
  const parts = queries.join('?').split('&');
  const kept = parts.filter((part) => !new URLSearchParams(part).has('application_name'));
  return kept.length === 0 ? address : `${address}?${kept.join('&')}`;
}

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

export function logLevel(given: string): string {
  if (logLevels.includes(given)) return given;
  throw new ConfigurationError({
    code: 'SETTING_INVALID',
    component: 'config',
    operation: 'read',
    message: `MOOSE_LOG_LEVEL is "${given}", which is not a log level.`,
    advice: `Set it to one of ${logLevels.join(', ')}, or unset it.`,
  });
}
