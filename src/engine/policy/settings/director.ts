// What the Director approves without a person (R-SPEC-1).
import {
  type DirectorLimits,
  type DirectorMode,
  defaultDirectorLimits,
  directorMax,
  directorModes,
} from '../../../domain/limits/director-limits.ts';
import type { Setting, SettingPart } from './definition.ts';
import { dollars, oneOf, partOf, share, wholeNumber } from './kinds.ts';

/** Only people may let the Director approve more. */
export const directorKeys = 'settings.policies.director_';

type Numbers = Exclude<keyof DirectorLimits, 'mode'>;

const number = (
  name: Numbers,
  declared: { key: string; kind: 'usd' | 'integer' | 'share'; max: number; title: string; help: string },
): SettingPart<DirectorLimits> => {
  const bounds = { min: 0, max: declared.max };
  const schema = { usd: dollars, integer: wholeNumber, share }[declared.kind](bounds);
  return partOf<DirectorLimits, number>({
    ...declared,
    ...bounds,
    schema,
    key: `${directorKeys}${declared.key}`,
    read: (limits) => limits[name],
    write: (limits, value) => ({ ...limits, [name]: value }),
  });
};

export const director: Setting<DirectorLimits> = {
  default: defaultDirectorLimits,
  parts: [
    partOf<DirectorLimits, DirectorMode>({
      key: `${directorKeys}mode`,
      kind: 'choice',
      choices: directorModes,
      schema: oneOf(directorModes),
      title: 'Approve plans of low risk',
      help: 'policy: the Director approves a plan that stays within its limits and has no hard stop, and asks about every other one. ask: it always asks.',
      read: ({ mode }) => mode,
      write: (limits, mode) => ({ ...limits, mode }),
    }),
    number('costUsdMax', {
      key: 'cost_usd',
      kind: 'usd',
      max: directorMax.cost_usd,
      title: 'Cost of a plan that the Director approves',
      help: 'A plan whose high estimate is above this amount needs the approval of a person.',
    }),
    number('unsureUsdMax', {
      key: 'unsure_usd',
      kind: 'usd',
      max: directorMax.unsure_usd,
      title: 'Cost without history',
      help: 'The same limit, but only for work orders whose estimate does not come from finished work orders, because it may be far off.',
    }),
    number('filesMax', {
      key: 'files',
      kind: 'integer',
      max: directorMax.files,
      title: 'Files of a plan that the Director approves',
      help: 'A plan that touches more files than this needs the approval of a person.',
    }),
    number('workOrdersMax', {
      key: 'work_orders',
      kind: 'integer',
      max: directorMax.work_orders,
      title: 'Work orders of a plan that the Director approves',
      help: 'A plan with more work orders than this needs the approval of a person.',
    }),
    number('complexityMax', {
      key: 'complexity',
      kind: 'share',
      max: directorMax.complexity,
      title: 'Complexity that the Director approves',
      help: 'A plan with a work order more complex than this needs the approval of a person.',
    }),
  ],
};
