import { expect, test } from 'vitest';
import { defaultDirectorLimits } from '../../domain/limits/director-limits.ts';
import { defaultAssessmentPolicy, withWords } from '../../engine/policy/assessment-policy.ts';
import { diagnoseDirector } from './director.ts';

const system = { assessment: defaultAssessmentPolicy, director: defaultDirectorLimits };

test('R-SPEC-1: doctor says nothing of a Director that asks about at least what it asks about by default', () => {
  const strict = { ...defaultDirectorLimits, mode: 'ask' as const, costUsdMax: 1 };
  const added = withWords(defaultAssessmentPolicy, ['billing']);
  const projects = [
    { name: 'none', settings: {} },
    { name: 'stricter', settings: { director: { mode: 'ask' as const, cost_usd: 0.5, complexity: 0.6 } } },
  ];
  expect(diagnoseDirector(system, projects)).toEqual([]);
  expect(diagnoseDirector({ assessment: added, director: strict }, projects)).toEqual([]);
});

test('R-ESC-4: doctor names the hard-stop words that are switched off, and each limit that is wider than its default', () => {
  const assessment = withWords(defaultAssessmentPolicy, ['-password', '-auth']);
  const director = { ...defaultDirectorLimits, costUsdMax: 50, filesMax: 31, complexityMax: 0.5 };
  const found = diagnoseDirector({ assessment, director }, [{ name: 'shop', settings: {} }]);
  expect(found).toEqual([
    {
      name: 'hard-stop words',
      state: 'warning',
      found: expect.stringMatching(/^switched off in every project: .*password/),
      advice: expect.stringContaining('`moose config unset settings.policies.hard_stop_words`'),
    },
    {
      name: 'director',
      state: 'warning',
      found: 'approves more than by default: cost_usd 50 instead of 5, files 31 instead of 30',
      advice: expect.stringContaining('`moose config unset settings.policies.director_files`'),
    },
  ]);
  expect(found[0]?.found).toContain('auth');
});

test('R-ESC-4: doctor names each project with wider limits of its own, also one that decides where all others ask', () => {
  const settings = { director: { mode: 'policy' as const, work_orders: 100 } };
  const asks = { ...system, director: { ...defaultDirectorLimits, mode: 'ask' as const } };
  expect(diagnoseDirector(asks, [{ name: 'shop', settings }])).toEqual([
    {
      name: 'director of shop',
      state: 'warning',
      found: 'approves more than by default: mode policy instead of ask, work_orders 100 instead of 8',
      advice: expect.stringContaining(
        '`moose project set shop --director mode=default --director work_orders=default`',
      ),
    },
  ]);
  // A limit from the settings is reported once, not for each project.
  const wide = { ...system, director: { ...defaultDirectorLimits, workOrdersMax: 100 } };
  const named = diagnoseDirector(wide, [{ name: 'shop', settings: {} }]).map(({ name }) => name);
  expect(named).toEqual(['director']);
});

test('doctor names at most 20 projects, and says how many more there are', () => {
  const settings = { director: { files: 1_000 } };
  const projects = Array.from({ length: 23 }, (_, at) => ({ name: `p${at}`, settings }));
  const found = diagnoseDirector(system, projects);
  expect(found).toHaveLength(21);
  expect(found.at(-1)).toMatchObject({ found: 'approves more than by default in 3 more' });
});
