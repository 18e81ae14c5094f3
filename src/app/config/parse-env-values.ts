// Parses values from the environment, and refuses invalid ones with a message and advice.

import { isAbsolute, resolve } from 'node:path';
import { problemOfLabels } from '../../domain/machine/label.ts';
import type { GrantedPath } from '../../domain/machine/session.ts';
import { parseUsd } from '../../domain/money.ts';
import { durationMs } from '../../domain/text/duration.ts';
import { appFailures } from '../failure-catalogue.ts';

/** A timer with a longer delay fires immediately. */
const integerMax = 2 ** 31 - 1;

export function integer(given: string, name: string, fallback: number): number {
  if (given === '') return fallback;
  const value = Number(given);
  if (Number.isInteger(value) && value > 0 && value <= integerMax) return value;
  throw appFailures.SETTING_INVALID_WHOLE_NUMBER('read', { name, given, integerMax, fallback });
}

export function flag(given: string, name: string): boolean {
  if (['1', 'true', 'yes', 'on'].includes(given)) return true;
  if (['', '0', 'false', 'no', 'off'].includes(given)) return false;
  throw appFailures.SETTING_INVALID_SWITCH('read', { name, given });
}

/** One of several words; the first is the default. */
export function oneOf<Word extends string>(
  given: string,
  name: string,
  words: readonly [Word, ...Word[]],
): Word {
  const word = given === '' ? words[0] : words.find((each) => each === given);
  if (word !== undefined) return word;
  throw appFailures.SETTING_INVALID_CHOICE('read', {
    name,
    given,
    choices: words.join(', '),
    fallback: words[0],
  });
}

/** `PATH[:rw],…`: absolute, or below the home directory with `~/`. */
export function grantedPaths(named: readonly string[], home: string | undefined): GrantedPath[] {
  return named.map((given) => {
    const isWritten = given.endsWith(':rw');
    const path = (isWritten ? given.slice(0, -':rw'.length) : given).replace(/^~(?=\/|$)/, home ?? '~');
    if (isAbsolute(path)) return { path: resolve(path), sight: isWritten ? 'write' : 'read' };
    throw appFailures.SETTING_INVALID_PATHS('read', { given });
  });
}

/** `fallback` is in dollars. */
export function dollars(given: string, name: string, fallback: number): bigint {
  const nanoUsd = parseUsd(given || String(fallback));
  if (nanoUsd !== undefined) return nanoUsd;
  throw appFailures.SETTING_INVALID_MONEY('read', { name, given, fallback: `$${fallback}` });
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
  throw appFailures.SETTING_INVALID_DURATION('read', { name, given });
}

/** Splits comma-separated labels. */
export function labels(given: string, name: string): string[] {
  const all = listed(given);
  const problem = problemOfLabels(all);
  if (problem === undefined) return all;
  throw appFailures.SETTING_INVALID_LABELS('read', { name, problem });
}

export function databaseUrl(given: string): string | null {
  if (!given) return null;
  if (URL.canParse(given) && /^postgres(ql)?:$/.test(new URL(given).protocol)) return withoutName(given);
  throw appFailures.DATABASE_URL_INVALID('read');
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
  throw appFailures.SETTING_INVALID_LOG_LEVEL('read', { given, logLevels: logLevels.join(', ') });
}
