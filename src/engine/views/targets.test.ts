import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import type { FailureClass } from '../../domain/failure.ts';
import { newId, type ReservationId } from '../../domain/ids.ts';
import { systemClock } from '../../stdx/clock.ts';
import type { Database } from '../../store/database.ts';
import { aWorkOrderAtWork, type Scratch } from '../../store/work/scratch-rows.fixture.ts';
import { askTargets } from './targets.ts';

const minuteMs = 60_000;

interface Given {
  failureClass?: FailureClass;
  isRecovered: boolean | null;
  agoMs: number;
  tookMs?: number;
  metadata?: object;
  code?: string;
  message?: string;
}

async function failed(database: Database, work: Scratch, given: Given): Promise<void> {
  const { isRecovered, agoMs, tookMs = 1_000, code = 'TEST_FAILED', message = 'A test failed.' } = given;
  const resolvedAt = new Date(Date.now() - agoMs);
  await database.query
    .insertInto('errorEvents')
    .values({
      id: newId(new Date()),
      errorType: code,
      severity: 'medium',
      component: 'checks',
      operation: 'run',
      errorMessage: message,
      failureClass: given.failureClass ?? 'test_fail',
      category: 'permanent',
      fingerprint: 'f',
      step: 'verifying',
      runId: work.runId,
      workOrderId: work.workOrderId,
      timestamp: new Date(resolvedAt.getTime() - tookMs),
      recoverySuccess: isRecovered,
      ...(isRecovered === null ? {} : { resolvedAt, resolutionTimeMs: BigInt(tookMs) }),
      metadata: JSON.stringify(given.metadata ?? { advice: 'Read it.', what: 'x' }),
    })
    .execute();
}

async function spends(database: Database, work: Scratch, nanoUsd: bigint, agoMs: number): Promise<void> {
  const createdAt = new Date(Date.now() - agoMs);
  await database.query
    .insertInto('costTracking')
    .values({
      id: newId<ReservationId>(new Date()),
      type: 'actual',
      status: 'settled',
      serviceName: 'proposer',
      workOrderId: work.workOrderId,
      runId: work.runId,
      reservedNanoUsd: 0n,
      actualNanoUsd: nanoUsd,
      model: 'm',
      createdAt,
      settledAt: createdAt,
    })
    .execute();
}

test('R-UI-5: recovery rate, time and cost of each failure class, with what is left of its error budget', async () => {
  const database = await testDatabase();
  const work = await aWorkOrderAtWork(database, { step: 'verifying' });
  for (const tookMs of [1_000, 2_000, 3_000])
    await failed(database, work, { isRecovered: true, agoMs: 24 * 60 * minuteMs, tookMs });
  await failed(database, work, { isRecovered: true, agoMs: 10 * minuteMs, tookMs: 4 * minuteMs });
  // Between the failure and its recovery; before and after it.
  await spends(database, work, 400_000_000n, 12 * minuteMs);
  await spends(database, work, 900_000_000n, 15 * minuteMs);
  await spends(database, work, 900_000_000n, 5 * minuteMs);
  await failed(database, work, { isRecovered: false, agoMs: 100 * minuteMs });
  await failed(database, work, { isRecovered: null, agoMs: minuteMs });
  await failed(database, work, { isRecovered: false, agoMs: minuteMs, failureClass: 'budget_exceeded' });
  const { classes } = await askTargets({ database, clock: systemClock }).targets();
  const [tests, budget] = [
    classes.find((one) => one.failure_class === 'test_fail'),
    classes.find((one) => one.failure_class === 'budget_exceeded'),
  ];
  expect(tests).toMatchObject({ recovered: 4, unrecovered: 1, rate: 0.8, objective: 0.9, burn: 'slow' });
  expect(tests?.budget_left).toBeCloseTo(-1);
  expect(tests?.burn_rates).toEqual({ '30m': 0, '6h': expect.closeTo(5), '3d': expect.closeTo(2) });
  expect(tests).toMatchObject({ p50_ms: 2_500, cost_usd: 0.1 });
  expect(tests?.p95_ms).toBeGreaterThan(3 * minuteMs);
  expect(budget).toMatchObject({ objective: null, budget_left: null, burn: 'none', cost_usd: null });
});

test('R-UI-5: if most failures of a class stay, its budget burns fast', async () => {
  const database = await testDatabase();
  const work = await aWorkOrderAtWork(database, { step: 'verifying' });
  for (let nth = 0; nth < 6; nth++) await failed(database, work, { isRecovered: false, agoMs: minuteMs });
  const { classes } = await askTargets({ database, clock: systemClock }).targets();
  expect(classes).toMatchObject([{ failure_class: 'test_fail', burn: 'fast' }]);
});

test('R-UI-5: the share of errors with cause, evidence and advice, and the codes that lack something', async () => {
  const database = await testDatabase();
  const work = await aWorkOrderAtWork(database, { step: 'verifying' });
  const at = { isRecovered: null, agoMs: minuteMs } as const;
  const ask = askTargets({ database, clock: systemClock });
  expect((await ask.targets()).messages).toMatchObject({ errors: 0, share: null, lacking: [] });
  await failed(database, work, at);
  await failed(database, work, { ...at, metadata: { advice: 'Do it.', hasWholeEvidence: true } });
  await failed(database, work, {
    ...at,
    code: 'PARTIAL',
    metadata: { advice: 'Do it.', hasWholeEvidence: false },
  });
  await failed(database, work, { ...at, code: 'BARE', message: ' ', metadata: {} });
  await failed(database, work, { ...at, code: 'UNEXPECTED' });
  const { messages } = await ask.targets();
  expect(messages).toMatchObject({ errors: 5, complete: 2, share: 0.4, objective: 0.95 });
  expect(messages).toMatchObject({ with_cause: 3, with_evidence: 3, with_advice: 4 });
  expect(messages.lacking).toEqual([
    { code: 'BARE', errors: 1, lacks: ['cause', 'evidence', 'advice'] },
    { code: 'PARTIAL', errors: 1, lacks: ['evidence'] },
    { code: 'UNEXPECTED', errors: 1, lacks: ['cause'] },
  ]);
});
