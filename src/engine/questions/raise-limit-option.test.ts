import { expect, test } from 'vitest';
import { raiseOptionOf, raisesSystemLimit } from './raise-limit-option.ts';

const usd = 1_000_000_000n;
const of = (key: string, limit: bigint, needed: bigint) =>
  raiseOptionOf(key, { nanoUsd: limit * usd, neededNanoUsd: needed * usd });

test('R-GO-5: a limit is raised by a quarter or to what is needed, in whole dollars, and whose it is stands in the option', () => {
  expect(of('day:2026-01-31', 10n, 11n)).toMatchObject({
    id: 'raise_daily_limit',
    label: 'Raise the daily limit, for all work, to $13.00',
    systemLimit: 'daily',
    limitNanoUsd: (13n * usd).toString(),
  });
  expect(of('person_month:2026-01:ada:b', 10n, 40n)).toMatchObject({
    id: 'raise_monthly_limit',
    label: 'Raise the monthly limit of ada:b to $40.00',
    limitOf: { kind: 'person', subject: 'ada:b' },
  });
  expect(of('project_day:2026-01-31:p1', 4n, 1n)).toMatchObject({
    label: 'Raise the daily limit of the project to $5.00',
    limitOf: { kind: 'project', subject: 'p1' },
  });
  expect(of('work_order:o1', 4n, 1n)).toBeNull();
});

test('options that raise a limit of more than one work order are known by their ID', () => {
  expect(['raise_daily_limit', 'raise_monthly_limit', 'raise_limit'].map(raisesSystemLimit)).toEqual([
    true,
    true,
    false,
  ]);
});
