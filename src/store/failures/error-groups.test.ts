import fc from 'fast-check';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import type { FailureClass } from '../../domain/failure.ts';
import { newId } from '../../domain/ids.ts';
import type { Database } from '../database.ts';
import { rollUpDays } from '../figures/roll-up-days.ts';
import { dayMs, hourMs } from '../figures/summed-spans.ts';
import { type ErrorGroup, type ErrorPeriod, errorPeriod, errorPicture } from './error-groups.ts';

const now = Date.now();
const until = new Date(now);
const periods = [hourMs, dayMs, 7 * dayMs, 30 * dayMs, 90 * dayMs].map((ms) => errorPeriod(until, ms));

interface Row {
  timestamp: Date;
  fingerprint: string;
  component: string;
  recoverySuccess: boolean | null;
  hasWholeEvidence: boolean | null;
}

/** The expected result, counted row by row. */
function counted(rows: readonly Row[], { since, partMs }: ErrorPeriod) {
  const spanMs = until.getTime() - since.getTime();
  const ofPeriod = rows.filter(({ timestamp }) => timestamp >= since && timestamp <= until);
  const parts = Math.ceil(spanMs / partMs);
  return [...Map.groupBy(ofPeriod, ({ fingerprint }) => fingerprint)].map(([fingerprint, group]) => {
    const course = Array.from({ length: parts }, () => 0);
    for (const { timestamp } of group) {
      const part = Math.min(parts - 1, Math.floor((timestamp.getTime() - since.getTime()) / partMs));
      course[part] = (course[part] ?? 0) + 1;
    }
    const answered = group.filter(({ recoverySuccess }) => recoverySuccess !== null);
    const recovered = answered.filter(({ recoverySuccess }) => recoverySuccess);
    const isBefore = ({ timestamp }: Row) =>
      timestamp < since && timestamp.getTime() >= since.getTime() - spanMs;
    return {
      fingerprint,
      count: group.length,
      course,
      countBefore: rows.filter((row) => row.fingerprint === fingerprint && isBefore(row)).length,
      recoveredShare: answered.length === 0 ? null : recovered.length / answered.length,
      lastSeenAt: new Date(Math.max(...group.map(({ timestamp }) => timestamp.getTime()))),
    };
  });
}

const byFingerprint = <Each extends { fingerprint: string }>(groups: readonly Each[]) =>
  groups.toSorted((one, other) => (one.fingerprint < other.fingerprint ? -1 : 1));

async function expectExact(database: Database): Promise<void> {
  const { rows } = await sql<Row>`select timestamp, fingerprint, component, recovery_success,
    (metadata ->> 'hasWholeEvidence')::boolean as has_whole_evidence from error_events`.execute(
    database.query,
  );
  for (const period of periods) {
    for (const component of [undefined, 'one']) {
      const { evidence, groups } = await errorPicture(database.query, period, component ? { component } : {});
      const own = rows.filter((row) => component === undefined || row.component === component);
      const told = groups.map(
        ({ fingerprint, count, course, countBefore, recoveredShare, lastSeenAt }: ErrorGroup) => ({
          fingerprint,
          count,
          course,
          countBefore,
          recoveredShare,
          lastSeenAt,
        }),
      );
      expect(byFingerprint(told)).toEqual(byFingerprint(counted(own, period)));
      const ofPeriod = own.filter(({ timestamp }) => timestamp >= period.since && timestamp <= until);
      expect(evidence).toEqual({
        ofProcesses: ofPeriod.filter((row) => row.hasWholeEvidence !== null).length,
        withWholeEvidence: ofPeriod.filter((row) => row.hasWholeEvidence === true).length,
      });
    }
  }
}

const failure = fc.record({
  timestamp: fc.integer({ min: now - 185 * dayMs, max: now }).map((ms) => new Date(ms)),
  fingerprint: fc.constantFrom('f', 'g', 'h'),
  component: fc.constantFrom('one', 'two'),
  failureClass: fc.constantFrom<FailureClass>('timeout', 'lint_error'),
  recoverySuccess: fc.constantFrom(true, false, null),
  hasWholeEvidence: fc.constantFrom(true, false, null),
});

test('R-FAIL-6: fear: groups that are read from sums differ from their rows', async () => {
  const database = await testDatabase();
  const add = ({ hasWholeEvidence, ...row }: Awaited<ReturnType<typeof samples>>[number]) =>
    database.query
      .insertInto('errorEvents')
      .values({
        ...row,
        id: newId(new Date()),
        errorType: 'X',
        severity: 'low',
        operation: 'test',
        errorMessage: 'x',
        category: 'transient',
        metadata: JSON.stringify(hasWholeEvidence === null ? {} : { hasWholeEvidence }),
      })
      .execute();
  const samples = async () => fc.sample(failure, 120);
  for (const each of await samples()) await add(each);
  await expectExact(database);
  await rollUpDays(database);
  await expectExact(database);
  for (const each of (await samples()).slice(0, 10)) await add(each);
  await sql`update error_events set recovery_success = true
    where id in (select id from error_events where recovery_success is null order by id limit 5)`.execute(
    database.query,
  );
  await sql`delete from error_events where id in (select id from error_events order by id limit 5)`.execute(
    database.query,
  );
  await expectExact(database);
  await rollUpDays(database);
  await expectExact(database);
});

test('a day that is not over has no sums, so changes in it set no mark', async () => {
  const database = await testDatabase();
  await sql`insert into error_events (id, timestamp, error_type, severity, component, operation, error_message, failure_class,
      category, fingerprint)
    select gen_random_uuid(), at, 'X', 'low', 'test', 'test', 'x', 'timeout', 'transient', 'f'
    from (values (clock_timestamp()), (clock_timestamp() - interval '25 hours')) as given (at)`.execute(
    database.query,
  );
  const { rows } = await sql<{
    isPast: boolean;
  }>`select day < date_trunc('day', clock_timestamp(), 'UTC') as is_past
    from stale_days`.execute(database.query);
  expect(rows).toEqual([{ isPast: true }]);
});
