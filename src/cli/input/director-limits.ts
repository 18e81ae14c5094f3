// The limits within which the Director approves without a person, per project: how they are entered and shown.

import type { Project } from '../../contract/contract.ts';
import type { PermanentError } from '../../domain/failure.ts';
import {
  type DirectorName,
  directorNames,
  directorRange,
  isDirectorName,
  isDirectorValue,
} from '../../domain/limits/director-limits.ts';
import type { DirectorChange } from '../../domain/project-settings/director.ts';
import { cliFailures } from '../failure-catalogue.ts';
import { noneOr } from './none-or.ts';

const asTheSettings = 'default';

/**
 * Each `NAME=VALUE`, or `default` to use the settings for all limits. @throws PermanentError
 * DIRECTOR_LIMIT_INVALID
 */
export function directorChange(given: readonly string[]): DirectorChange | null {
  if (noneOr('--director', given, asTheSettings) === null) return null;
  return Object.fromEntries(given.map(readLimit));
}

function readLimit(given: string): readonly [DirectorName, string | number | null] {
  const [name = '', text = ''] = given.split(/=(.*)/s, 2);
  if (!isDirectorName(name)) throw invalid(given, `there is no limit "${name.slice(0, 40)}"`);
  const value = name === 'mode' || text.trim() === '' ? text : Number(text);
  if (text !== asTheSettings && !isDirectorValue(name, value))
    throw invalid(given, `${name} must be ${directorRange(name)}`);
  return [name, text === asTheSettings ? null : value];
}

function invalid(given: string, because: string): PermanentError {
  return cliFailures.DIRECTOR_LIMIT_INVALID('parse', {
    given: given.slice(0, 200),
    because,
    directorNames: directorNames.join(', '),
  });
}

export function directorLines({ director }: Pick<Project, 'director'>): string[] {
  const { mode, own, hard_stops_off: off, ...limits } = director;
  const text =
    mode === 'ask'
      ? 'asks about every plan'
      : `approves plans up to $${limits.cost_usd.toFixed(2)} ($${limits.unsure_usd.toFixed(2)} without history), ${limits.work_orders} work orders, ${limits.files} files, complexity ${limits.complexity.toFixed(1)}`;
  const from = own.length === 0 ? 'from the settings' : `set here: ${own.join(', ')}`;
  return [
    `  Director    ${text} (${from})`,
    ...(off.length === 0
      ? []
      : [
          `              does not ask about ${off.join(', ')}: these hard-stop words are switched off in the settings`,
        ]),
  ];
}
