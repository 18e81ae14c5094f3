// Reports what runs without a person although the defaults would ask one (R-SPEC-1, R-ESC-4): disabled hard-stop words,
// and wider limits of the Director.
import {
  type DirectorLimits,
  defaultDirectorLimits,
  directorNames,
  isLooser,
  limitsFor,
  namedLimits,
} from '../../domain/limits/director-limits.ts';
import { hardStopWordsKey, removedWords } from '../../engine/policy/assessment-policy.ts';
import type { EngineSettings } from '../../engine/policy/engine-settings.ts';
import { directorKeys } from '../../engine/policy/settings/director.ts';
import type { Diagnosis } from '../../engine/views/diagnosis.ts';
import type { ListedProject } from '../../store/connection/read-once.ts';

const projectsNamedMax = 20;
const defaults = namedLimits(defaultDirectorLimits);

/** Empty if the Director asks at least as often as by default. */
export function diagnoseDirector(
  { assessment, director }: Pick<EngineSettings, 'assessment' | 'director'>,
  projects: ReadonlyArray<Pick<ListedProject, 'name' | 'settings'>>,
): Diagnosis[] {
  const off = removedWords(assessment);
  const wider = widerThan(director, director);
  const own = projects.flatMap((project) => ofProject(project, director));
  const more = own.length - projectsNamedMax;
  return [
    ...(off.length === 0
      ? []
      : [
          warning(
            'hard-stop words',
            `switched off in every project: ${off.join(', ')}`,
            `Work about them runs without a person. \`moose config unset ${hardStopWordsKey}\` switches all of them on again, and removes added ones.`,
          ),
        ]),
    ...(wider.length === 0
      ? []
      : [
          warning(
            'director',
            `approves more than by default: ${wider.map(({ said }) => said).join(', ')}`,
            `If nobody wants that, run ${wider.map(({ name }) => `\`moose config unset ${directorKeys}${name}\``).join(', ')}.`,
          ),
        ]),
    ...own.slice(0, projectsNamedMax),
    ...(more > 0
      ? [
          warning(
            'director of other projects',
            `approves more than by default in ${more} more`,
            '`moose project ls --json` shows the limits of each.',
          ),
        ]
      : []),
  ];
}

function ofProject(
  { name, settings }: Pick<ListedProject, 'name' | 'settings'>,
  system: DirectorLimits,
): Diagnosis[] {
  const given = settings.director ?? {};
  const wider = widerThan(limitsFor(system, given), system).filter((each) => given[each.name] !== undefined);
  if (wider.length === 0) return [];
  const found = `approves more than by default: ${wider.map(({ said }) => said).join(', ')}`;
  const flags = wider.map((each) => `--director ${each.name}=default`).join(' ');
  return [
    warning(
      `director of ${name}`,
      found,
      `If nobody wants that, run \`moose project set ${name} ${flags}\`.`,
    ),
  ];
}

/** Includes a project that lets the Director decide although the settings require it to ask about every plan. */
function widerThan(limits: DirectorLimits, system: DirectorLimits) {
  const held = namedLimits(limits);
  const asked = { ...defaults, mode: system.mode };
  return directorNames
    .filter((name) => isLooser(name, asked[name], held[name]))
    .map((name) => ({ name, said: `${name} ${held[name]} instead of ${asked[name]}` }));
}

const warning = (name: string, found: string, advice: string): Diagnosis => ({
  name,
  found,
  advice,
  state: 'warning',
});
