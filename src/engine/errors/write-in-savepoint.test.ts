import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, onTestFinished, test, vi } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { TransientError } from '../../domain/failure.ts';
import { scratchRepository } from '../../git/scratch-repository.fixture.ts';
import { systemClock } from '../../stdx/clock.ts';
import type { Database } from '../../store/database.ts';
import { openAlerts } from '../../store/failures/alerts.ts';
import { openEscalation } from '../../store/failures/escalations.ts';
import { announceChannels } from '../../store/failures/outbox.ts';
import { refuseRowsOf, takeRowsOf } from '../../store/schema/refused-rows.fixture.ts';
import { saveStepResult } from '../../store/work/runs/runs.ts';
import { theWorkOrder } from '../../store/work/scratch-rows.fixture.ts';
import { ifDue } from '../background/jobs/if-due.fixture.ts';
import { unwrittenJob } from '../background/jobs/unwritten-job.ts';
import { createCriticalErrors } from '../commands/answers/critical-errors.ts';
import { failed } from '../pipeline/failure/failed-step.ts';
import { decided } from '../pipeline/scratch-pipeline.fixture.ts';
import { tracking } from '../pipeline/tracking/tracking.ts';
import { askHuman } from '../questions/ask-human.ts';
import { outageOptions } from '../questions/outage-options.ts';
import { scratchWork } from '../scratch-work.fixture.ts';
import { healthOf } from '../views/health.ts';
import { limits } from '../watch/stuck.fixture.ts';
import { logDecision } from './log-decision.ts';

const never = new AbortController().signal;

const errorsCalled = ({ query }: Database, code: string) =>
  query
    .selectFrom('errorEvents')
    .select(['errorMessage', 'workOrderId'])
    .where('errorType', '=', code)
    .execute();

const passing = () =>
  new TransientError({ code: 'MODEL_DOWN', component: 'models', operation: 'ask', message: 'It is away' });

const question = {
  failureClass: 'unknown' as const,
  title: 'What now?',
  context: {},
  options: outageOptions(),
  recommendedOption: 'wait',
};

test('R-LRN-1: a log of decisions that refuses every row stops no step, and is on record once', async () => {
  const database = await testDatabase();
  await refuseRowsOf(database, 'decision_logs');
  const work = await scratchWork(database, { step: 'generating' });
  expect(await decided(failed, work, 'generating', passing())).toBe('stop');
  const other = await scratchWork(database, { step: 'generating' });
  expect(await decided(failed, other, 'generating', passing())).toBe('stop');
  for (const { order, run } of [work, other]) {
    expect(await theWorkOrder(database, order.id)).toMatchObject({
      status: 'in_progress',
      stepState: 'retrying',
    });
    const next = await database.query
      .selectFrom('runs')
      .select('leg')
      .where('id', '=', run.id)
      .executeTakeFirst();
    expect(next?.leg).toBe(1);
  }
  expect(await errorsCalled(database, 'DECISION_NOT_LOGGED')).toEqual([
    { errorMessage: expect.stringContaining('no row of decision_logs today'), workOrderId: work.order.id },
  ]);
});

test('R-ESC-5: an outbox that refuses every row stops no question', async () => {
  const database = await testDatabase();
  const { order } = await scratchWork(database);
  await announceChannels(database.query, ['slack'], 'test');
  await refuseRowsOf(database, 'outbox');
  const asked = await database.transaction((query) =>
    askHuman(query, { ...question, workOrderId: order.id }),
  );
  expect(asked.isNew).toBe(true);
  expect(await database.query.selectFrom('escalations').select('status').execute()).toEqual([
    { status: 'open' },
  ]);
  expect(await errorsCalled(database, 'NOTICE_NOT_WRITTEN')).toHaveLength(1);
});

test('R-ESC-1: an outbox that refuses every row stops no alert', async () => {
  const database = await testDatabase();
  await announceChannels(database.query, ['slack'], 'test');
  await refuseRowsOf(database, 'outbox');
  const directory = await mkdtemp(join(tmpdir(), 'moose-critical-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const critical = createCriticalErrors({
    database,
    clock: systemClock,
    logger: pino({ level: 'silent' }),
    dataDirectory: directory,
  });
  await critical.handleCriticalError({
    component: 'models',
    operation: 'ask',
    severity: 'critical',
    error: passing(),
  });
  await critical.close();
  const alerts = await openAlerts(database.query);
  expect(alerts.map(({ code }) => code).sort()).toEqual(['MODEL_DOWN', 'NOTICE_NOT_WRITTEN']);
});

test('R-LRN-1: fear: a log that refuses its rows does so in silence', async () => {
  const database = await testDatabase();
  await announceChannels(database.query, ['slack'], 'test');
  await refuseRowsOf(database, 'decision_logs');
  const decision = { workOrderId: null, kind: 'skip' as const, agentType: 'test', input: {}, output: {} };
  for (let time = 0; time < 3; time++) await logDecision(database.query, decision);
  await database.transaction((query) => logDecision(query, decision));
  const { alerts } = await database.run((query) => healthOf(query, limits, new Date()));
  expect(alerts).toMatchObject([
    { times: 4, message: expect.stringContaining('no row of decision_logs today') },
  ]);
  expect(await database.query.selectFrom('outbox').select('kind').execute()).toEqual([
    { kind: 'alert.raised' },
  ]);
  const job = ifDue(database, unwrittenJob(database));
  await job.run(never);
  expect(await openAlerts(database.query)).toHaveLength(1);
  await takeRowsOf(database, 'decision_logs');
  await job.run(never);
  expect(await openAlerts(database.query)).toEqual([]);
  expect(await database.query.selectFrom('decisionLogs').select('id').execute()).toEqual([]);
});

test('fear: a row is refused, and so is all that would tell of it: the process says it, once', async () => {
  const database = await testDatabase();
  for (const table of ['decision_logs', 'error_events', 'system_alerts']) await refuseRowsOf(database, table);
  const warnings: string[] = [];
  const hear = (warning: Error) => warnings.push(warning.message);
  process.on('warning', hear);
  onTestFinished(() => void process.off('warning', hear));
  const decision = { workOrderId: null, kind: 'skip' as const, agentType: 'test', input: {}, output: {} };
  for (let time = 0; time < 3; time++) await logDecision(database.query, decision);
  await vi.waitFor(() =>
    expect(warnings).toEqual([expect.stringContaining('Could not write a decision to the decision log')]),
  );
});

test('R-ESC-1: what was asked about a work order while it went on is withdrawn when it is completed', async () => {
  const database = await testDatabase();
  const work = await scratchWork(database, { step: 'tracking', repositoryPath: scratchRepository().path });
  await openEscalation(database.query, { ...question, workOrderId: work.order.id });
  await saveStepResult(database.query, {
    workOrderId: work.order.id,
    runId: work.run.id,
    step: 'verifying',
    cycle: work.run.cycle,
    result: { checks: [], isVerified: true, treeSha: 'a'.repeat(40) },
    startedAt: new Date(),
  });
  await tracking(work);
  expect(await theWorkOrder(database, work.order.id)).toMatchObject({ status: 'completed' });
  expect(await database.query.selectFrom('escalations').select('status').execute()).toEqual([
    { status: 'withdrawn' },
  ]);
});
