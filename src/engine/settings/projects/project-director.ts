// What the Director approves without a person in one project: only a person can extend it (R-SPEC-1, R-ESC-4).
import type * as wire from '../../../contract/contract.ts';
import {
  directorNames,
  isLooser,
  limitsFor,
  namedLimits,
  type ProjectDirector,
} from '../../../domain/limits/director-limits.ts';
import type { ProjectSettings } from '../../../domain/work-order/work-order.ts';
import { removedWords } from '../../policy/assessment-policy.ts';
import type { EngineSettings } from '../../policy/engine-settings.ts';
import type { ProjectChange } from './ask-projects.ts';

export type DirectorSystem = Pick<EngineSettings, 'director' | 'assessment'>;

/** The limits in effect, which of them the project sets itself, and the removed hard-stop words. */
export function directorOf(
  { director = {} }: Pick<ProjectSettings, 'director'>,
  system: DirectorSystem,
): Pick<wire.Project, 'director'> {
  return {
    director: {
      ...namedLimits(limitsFor(system.director, director)),
      own: directorNames.filter((name) => director[name] !== undefined),
      hard_stops_off: removedWords(system.assessment),
    },
  };
}

/** A null member removes that limit from the project; null removes all of them. */
export function directorSettings(
  { director: now = {} }: Pick<ProjectSettings, 'director'>,
  { director: change }: Pick<ProjectChange, 'director'>,
): { director?: ProjectDirector | null } {
  if (change === undefined) return {};
  if (change === null) return { director: null };
  const all = Object.entries({ ...now, ...change }).filter(
    ([, value]) => value !== null && value !== undefined,
  );
  return { director: all.length === 0 ? null : (Object.fromEntries(all) as ProjectDirector) };
}

/** Removing a limit leaves it to the settings, which may allow more. */
export function widenedDirector(
  { name, director: now }: Pick<wire.Project, 'name' | 'director'>,
  { director: change }: Pick<ProjectChange, 'director'>,
): string[] {
  if (change === undefined) return [];
  const given: NonNullable<ProjectChange['director']> =
    change ?? Object.fromEntries(directorNames.map((each) => [each, null]));
  const wider = directorNames.flatMap((each) => {
    const next = given[each];
    if (next === undefined) return [];
    if (next === null) return now.own.includes(each) ? [`${each} from the settings`] : [];
    return isLooser(each, now[each], next) ? [`${each} ${next}`] : [];
  });
  return wider.length === 0 ? [] : [`letting the Director approve more in ${name} (${wider.join(', ')})`];
}
