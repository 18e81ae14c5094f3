import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { newId, type RunId, type WorkOrderId } from '../../domain/ids.ts';
import type { Step } from '../../domain/transitions.ts';
import type { Database } from '../database.ts';
import {
  type ErrorEventRow,
  findErrorEvent,
  insertErrorEvents,
  listErrorEvents,
  markUnrecovered,
  recoveryOf,
  resolveErrorEvents,
} from './error-events.ts';
import { errorPeriod, errorPicture } from './error-groups.ts';

const shared = sharedDatabase();
const hourMs = 3_600_000;

async function failed(database: Database, given: Partial<ErrorEventRow> = {}): Promise<string> {
  const id = newId<string>(new Date());
  const row: ErrorEventRow = {
    id,
    timestamp: new Date().toISOString(),
    errorType: 'X',
    severity: 'low',
    component: 'probe',
    operation: 'o',
    errorMessage: 'It failed',
    failureClass: 'unknown',
    category: 'transient',
    fingerprint: '00112233aabbccdd',
    metadata: '{}',
    ...given,
  };
  await insertErrorEvents(database.query, [row]);
  return id;
}

test('R-FAIL-6: a row that is delivered twice is stored once, and its outcome stays', async () => {
  const database = shared();
  const id = await failed(database);
  const [row] = await listErrorEvents(database.query, {}, 1);
  const word = { id, isRecovered: true, retryCount: 2, at: new Date(Date.now() + 1_500).toISOString() };
  await resolveErrorEvents(database.query, [word, { ...word, isRecovered: false }]);
  await resolveErrorEvents(database.query, [{ ...word, isRecovered: false, retryCount: 9 }]);
  await failed(database, { id, errorMessage: 'Again', timestamp: row?.timestamp.toISOString() ?? '' });
  const again = await findErrorEvent(database.query, id);
  expect(again).toMatchObject({ errorMessage: 'It failed', recoverySuccess: true, retryCount: 2 });
  expect(Number(again.resolutionTimeMs)).toBeGreaterThanOrEqual(1_400);
});

test('R-FAIL-6: failures of a step are recovered when the step succeeds; the rest is unrecovered when the run ends', async () => {
  const database = shared();
  const runId = newId<RunId>(new Date());
  const at = (step: Step, second: number) =>
    failed(database, {
      runId,
      step,
      timestamp: new Date(Date.now() - hourMs + second * 1_000).toISOString(),
    });
  const [first, second, other] = [await at('applying', 1), await at('applying', 2), await at('verifying', 3)];
  await recoveryOf(runId, 'applying', true).execute(database.query);
  const later = await at('applying', 4);
  await markUnrecovered(database.query, runId);
  const rows = await Promise.all(
    [first, second, other, later].map((id) => findErrorEvent(database.query, id)),
  );
  expect(rows.map(({ recoverySuccess, retryCount }) => [recoverySuccess, retryCount])).toEqual([
    [true, 2],
    [true, 1],
    [false, 0],
    [false, 0],
  ]);
});

test('R-FAIL-6: an error is found by its id, by the start or end of the id, and by its group; otherwise the message says how', async () => {
  const { query } = shared();
  const fingerprint = 'feedfacefeedface';
  await failed(shared(), { fingerprint, timestamp: new Date(Date.now() - hourMs).toISOString() });
  const id = await failed(shared(), { fingerprint });
  const hex = id.replaceAll('-', '');
  for (const name of [id, hex, hex.slice(-8), id.toUpperCase(), fingerprint])
    expect((await findErrorEvent(query, name)).id).toBe(id);
  await expect(findErrorEvent(query, hex.slice(0, 4))).rejects.toMatchObject({ code: 'ERROR_AMBIGUOUS' });
  for (const name of ['ffffffff', 'zz', '', "x' or 1=1", '0'.repeat(32)])
    await expect(findErrorEvent(query, name)).rejects.toMatchObject({ code: 'ERROR_NOT_FOUND' });
});

test('R-FAIL-6: groups have their count, start, trend, work orders and number of recovered errors', async () => {
  const database = shared();
  const until = new Date();
  const ago = (hours: number) => new Date(until.getTime() - hours * hourMs).toISOString();
  const mine = { component: 'groups', fingerprint: 'aaaaaaaaaaaaaaaa', failureClass: 'timeout' as const };
  const workOrderId = newId<WorkOrderId>(until);
  await failed(database, { ...mine, timestamp: ago(100) });
  await failed(database, { ...mine, timestamp: ago(30) });
  await failed(database, { ...mine, timestamp: ago(23.5), recoverySuccess: true, workOrderId });
  await failed(database, { ...mine, timestamp: ago(23.5), recoverySuccess: false, workOrderId });
  const newest = await failed(database, {
    ...mine,
    timestamp: ago(0.5),
    errorMessage: 'The newest',
    errorType: 'Y',
  });
  await failed(database, { ...mine, fingerprint: 'bbbbbbbbbbbbbbbb', timestamp: ago(1) });
  await failed(database, { ...mine, fingerprint: 'cccccccccccccccc', timestamp: ago(40) });
  const period = errorPeriod(until, 24 * hourMs);
  const { groups } = await errorPicture(database.query, period, { component: 'groups' });
  expect(groups).toMatchObject([
    {
      fingerprint: mine.fingerprint,
      count: 3,
      countBefore: 1,
      newestId: newest,
      message: 'The newest',
      code: 'Y',
      failureClass: 'timeout',
      workOrderIds: [workOrderId],
      workOrders: 1,
      recoveredShare: 0.5,
      firstSeenAt: new Date(ago(100)),
      lastSeenAt: new Date(ago(0.5)),
    },
    { fingerprint: 'bbbbbbbbbbbbbbbb', count: 1, countBefore: 0, recoveredShare: null, workOrderIds: [] },
  ]);
  expect(groups[0]?.course).toEqual([2, ...Array.from({ length: 22 }, () => 0), 1]);
  expect((await errorPicture(database.query, period, { failureClass: 'lint_error' })).groups).toEqual([]);
});

test('R-FAIL-5: errors of processes are counted, and those with complete evidence', async () => {
  const database = shared();
  const component = 'evidence';
  for (const hasWholeEvidence of [true, true, false])
    await failed(database, { component, metadata: JSON.stringify({ hasWholeEvidence }) });
  await failed(database, { component });
  const { evidence } = await errorPicture(database.query, errorPeriod(new Date(), hourMs), { component });
  expect(evidence).toEqual({
    ofProcesses: 3,
    withWholeEvidence: 2,
  });
});
