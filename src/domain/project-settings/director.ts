// What the Director approves in a project without a person (R-SPEC-1).
import { z } from 'zod';
import {
  type DirectorName,
  directorMax,
  directorModes,
  directorNames,
  isLooser,
  limitsFor,
  namedLimits,
  type ProjectDirector,
} from '../limits/director-limits.ts';
import type { ProjectSetting } from './kinds.ts';

const upTo = (max: number) => z.number().min(0).max(max);
const limits = {
  cost_usd: upTo(directorMax.cost_usd),
  unsure_usd: upTo(directorMax.unsure_usd),
  files: upTo(directorMax.files).int(),
  work_orders: upTo(directorMax.work_orders).int(),
  complexity: upTo(directorMax.complexity),
};

/** The limits in effect. */
const shown = z.object({
  mode: z.enum(directorModes),
  ...limits,
  own: z
    .array(z.enum(directorNames))
    .describe('Which of these the project sets itself; the settings decide about the others.'),
  hard_stops_off: z
    .array(z.string())
    .describe(
      'Built-in hard-stop words that the setting `settings.policies.hard_stop_words` switches off, in every project.',
    ),
});

const schema = z
  .strictObject({
    mode: z.enum(directorModes).nullable(),
    cost_usd: limits.cost_usd.nullable(),
    unsure_usd: limits.unsure_usd.nullable(),
    files: limits.files.nullable(),
    work_orders: limits.work_orders.nullable(),
    complexity: limits.complexity.nullable(),
  })
  .partial();
export type DirectorChange = z.infer<typeof schema>;
export type ShownDirector = z.infer<typeof shown>;

export const director: ProjectSetting<DirectorChange, ShownDirector, ProjectDirector> = {
  kind: 'director',
  schema,
  shown,
  show: (own = {}, system) => ({
    ...namedLimits(limitsFor(system.director, own)),
    own: directorNames.filter((name) => own[name] !== undefined),
    hard_stops_off: system.hardStopsOff,
  }),
  /** A null member removes that limit from the project. */
  store: (given, now = {}) => {
    const all = Object.entries({ ...now, ...given }).filter(
      ([, value]) => value !== null && value !== undefined,
    );
    return all.length === 0 ? null : (Object.fromEntries(all) as ProjectDirector);
  },
  means: 'What the Director approves alone; null, also for a member: the settings apply.',
  flag: '--director <name=value>',
  unsetBy: 'default',
  help: 'what the Director approves without a person: mode=ask, or a limit such as cost_usd=2.50 (unsure_usd, files, work_orders, complexity); repeatable; NAME=default, or "default" for all, uses the settings',
  line: 'Director',
  person: { may: 'let it approve more', widens },
};

/** Removing a limit leaves it to the settings, which may allow more. */
function widens(next: DirectorChange | null, now: ShownDirector, project: string): string | null {
  const given = next ?? Object.fromEntries(directorNames.map((each) => [each, null]));
  const wider = directorNames.flatMap((each) => widerIn(each, given, now));
  return wider.length === 0 ? null : `letting the Director approve more in ${project} (${wider.join(', ')})`;
}

function widerIn(name: DirectorName, given: DirectorChange, now: ShownDirector): string[] {
  const next = given[name];
  if (next === undefined) return [];
  if (next === null) return now.own.includes(name) ? [`${name} from the settings`] : [];
  return isLooser(name, now[name], next) ? [`${name} ${next}`] : [];
}
