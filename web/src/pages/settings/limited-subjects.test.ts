import { expect, test } from 'vitest';
import { limitedSubjects, nameOfSubject } from './limited-subjects.ts';

const limit = (key: string, kind: 'system' | 'person' | 'project', name: string | null) => ({
  key,
  kind,
  name,
  limit_usd: 5,
  used_usd: 1,
  is_frozen: false,
});

test('R-UI-6: the limits of a day and a month are one row for each person and project', () => {
  const all = [
    limit('day:2026-01-31', 'system', null),
    limit('person_day:2026-01-31:*', 'person', '*'),
    limit('person_day:2026-01-31:ada', 'person', 'ada'),
    limit('person_month:2026-01:ada', 'person', 'ada'),
    limit('project_month:2026-01:1', 'project', 'ada'),
  ];
  const found = limitedSubjects(all);
  expect(found.map(nameOfSubject)).toEqual([
    'Each person without a limit of their own',
    'ada',
    'Project ada',
  ]);
  expect(found.map(({ daily, monthly }) => [daily?.key ?? null, monthly?.key ?? null])).toEqual([
    ['person_day:2026-01-31:*', null],
    ['person_day:2026-01-31:ada', 'person_month:2026-01:ada'],
    [null, 'project_month:2026-01:1'],
  ]);
});
