// The limits within which the Director approves without a person, per project: how they are entered and shown.
import type { DirectorChange, Project } from '../contract/contract.ts';
import { directorNames } from '../domain/director-limits.ts';
import { PermanentError } from '../domain/failure.ts';
import { noneOr } from './none-or.ts';

const asTheSettings = 'default';

/** The option of `moose project set`. */
export const directorOption = [
  '--director <name=value>',
  'what the Director approves without a person: mode=ask, or a limit such as cost_usd=2.50 (unsure_usd, files, work_orders, complexity); repeatable; NAME=default, or "default" for all, uses the settings',
  (one: string, all: string[] = []) => [...all, one],
] as const;

/**
 * Each `NAME=VALUE`, or `default` to use the settings for all limits. @throws PermanentError
 * DIRECTOR_LIMIT_INVALID
 */
export async function directorChange(
  given: readonly string[] | undefined,
): Promise<{ director?: DirectorChange | null }> {
  if (given === undefined) return {};
  if (noneOr('--director', given, asTheSettings) === null) return { director: null };
  const named = given.map((each) => {
    const [name = '', value = ''] = each.split(/=(.*)/s, 2);
    const number = name === 'mode' || value.trim() === '' ? value : Number(value);
    return [name, value === asTheSettings ? null : number] as const;
  });
  // Loaded only here: the schemas of the wire format take longer to load than the rest of a short command.
  const { directorChangeSchema } = await import('../contract/project-director.ts');
  const read = directorChangeSchema.safeParse(Object.fromEntries(named));
  if (read.success) return { director: read.data };
  const [issue] = read.error.issues;
  throw new PermanentError({
    code: 'DIRECTOR_LIMIT_INVALID',
    component: 'cli',
    operation: 'parse',
    message: `"${given.join(' ').slice(0, 200)}" does not say what the Director approves: ${issue?.message ?? ''}.`,
    advice: `Write NAME=VALUE, as in cost_usd=2.50 or mode=ask; NAME=default leaves it to the settings. The names are ${directorNames.join(', ')}.`,
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
