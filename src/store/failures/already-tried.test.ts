import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { newId, type SessionId } from '../../domain/ids.ts';
import { plantStepResult, stepResult } from '../work/runs/step-results.fixture.ts';
import { aWorkOrderAtWork } from '../work/scratch-rows.fixture.ts';
import { alreadyTried } from './already-tried.ts';

const shared = sharedDatabase();

const wanted = { options: [], models: [], unusable: [], agents: [] };

test('R-GO-5: an agent that dies before its first call is settled has been tried, and so has its model', async () => {
  const { query } = shared();
  const of = await aWorkOrderAtWork(shared());
  const session = (
    attempt: number,
    more: { purpose?: 'agent' | 'check'; name?: string; startedAt?: Date | null },
  ) =>
    query
      .insertInto('sessions')
      .values({
        id: newId<SessionId>(new Date()),
        workOrderId: of.workOrderId,
        runId: of.runId,
        purpose: 'agent',
        name: 'codex',
        cycle: 0,
        attempt,
        host: 'here',
        directory: `/sessions/${attempt}`,
        command: 'sh',
        state: 'lost',
        startedAt: new Date(),
        ...more,
      })
      .execute();
  expect(await alreadyTried(query, of.workOrderId, 'AGENT_CRASHED')).toEqual(wanted);
  // One that never started, and a check, are no tries.
  await session(1, { name: 'aider', startedAt: null });
  await session(2, { name: 'npm test', purpose: 'check' });
  expect(await alreadyTried(query, of.workOrderId, 'AGENT_CRASHED')).toEqual(wanted);
  await session(3, {});
  const { workOrderId, runId } = of;
  const result = stepResult('generating', { model: 'p/strong' });
  await plantStepResult(query, {
    workOrderId,
    runId,
    step: 'generating',
    cycle: 0,
    result,
    startedAt: new Date(),
  });
  expect(await alreadyTried(query, of.workOrderId, 'AGENT_CRASHED')).toEqual({
    ...wanted,
    models: ['p/strong'],
    agents: ['codex'],
  });
});

test('R-GO-5: fear: a model whose answer could not be used is recommended for the next try', async () => {
  const { query } = shared();
  const { workOrderId } = await aWorkOrderAtWork(shared());
  const failed = (errorType: string, model: string) =>
    query
      .insertInto('errorEvents')
      .values({
        id: newId(new Date()),
        timestamp: new Date(),
        workOrderId,
        errorType,
        severity: 'low',
        component: 'models',
        operation: 'generate',
        errorMessage: 'It failed.',
        failureClass: 'unknown',
        category: 'permanent',
        fingerprint: 'f',
        metadata: JSON.stringify({ model }),
      })
      .execute();
  await failed('MODEL_ANSWER_MALFORMED', 'p/small');
  await failed('MODEL_ANSWER_EMPTY', 'p/medium');
  await failed('MODEL_ANSWER_EMPTY', 'p/medium');
  // A provider that was away says nothing about the model.
  await failed('MODEL_UNAVAILABLE', 'p/large');
  const { unusable } = await alreadyTried(query, workOrderId, 'BUDGET_EXCEEDED');
  expect(unusable.toSorted()).toEqual(['p/medium', 'p/small']);
});
