import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { newId, type RunId, type WorkOrderId } from '../../domain/ids.ts';
import { aWorkOrderAtWork } from '../work/scratch-rows.fixture.ts';
import { agentOutcomes } from './agent-outcomes.ts';
import { cycleCounts } from './attempt-cells.ts';
import { lastEndOf } from './judged-outcomes.ts';
import { insertOutcome } from './outcomes.ts';
import { newestDecisions, orderBeforeNewest, ownDecisions } from './own-decisions.ts';
import { modelRecords, pastRunsAfter } from './past-runs.ts';

const shared = sharedDatabase();
const since = new Date(0);

interface Tried {
  runId: RunId;
  workOrderId: WorkOrderId;
  try: number;
  success: boolean;
  /** The cost of the work order so far. */
  costNanoUsd: bigint;
}

async function tried({ success, ...given }: Tried): Promise<void> {
  await insertOutcome(shared().query, {
    id: newId<string>(new Date()),
    agent: 'patch',
    model: 'p/one',
    complexity: 0.1,
    features: '{}',
    durationMs: 1n,
    refinementCycles: given.try - 1,
    success,
    ...given,
    failureClass: success ? null : 'test_fail',
    fault: success ? null : 'work',
  });
}

test('R-LRN-3: fear: a run that tried several models counts several times, each time with all that it cost', async () => {
  const { query } = shared();
  const { workOrderId, runId } = await aWorkOrderAtWork(shared());
  expect(await lastEndOf(query, runId)).toBeUndefined();
  await tried({ workOrderId, runId, try: 1, success: false, costNanoUsd: 100n });
  await tried({ workOrderId, runId, try: 2, success: false, costNanoUsd: 300n });
  expect(await lastEndOf(query, runId)).toBeInstanceOf(Date);
  expect(await cycleCounts(query, since)).toMatchObject([{ cycles: 1, success: false, attempts: 1 }]);
  expect(await agentOutcomes(query, since)).toMatchObject([{ agent: 'patch', runs: 1, good: 0 }]);
  expect(await modelRecords(query, ['p/one'], 'patch')).toMatchObject([{ runs: 2, meanCostNanoUsd: 150n }]);
  // What the model did with another agent says nothing about this one.
  expect(await modelRecords(query, ['p/one'], 'codex')).toMatchObject([]);
  const again = newId<RunId>(new Date());
  const { number } = await query
    .selectFrom('runs')
    .select('number')
    .where('id', '=', runId)
    .executeTakeFirstOrThrow();
  const run = { id: again, workOrderId, number: number + 1, kind: 'work', state: 'ended' } as const;
  await query.insertInto('runs').values(run).execute();
  await tried({ workOrderId, runId: again, try: 1, success: false, costNanoUsd: 400n });
  await tried({ workOrderId, runId: again, try: 2, success: true, costNanoUsd: 500n });
  expect(await pastRunsAfter(query, 'test_fail', false)).toMatchObject([{ isSuccess: true }]);
});

test('R-LRN-5: fear: what is shown of a long log are its oldest work orders', async () => {
  const { query } = shared();
  const ids: WorkOrderId[] = [];
  for (let each = 0; each < 3; each += 1) {
    const { workOrderId, runId } = await aWorkOrderAtWork(shared());
    ids.push(workOrderId);
    await query
      .insertInto('decisionLogs')
      .values({
        id: newId<string>(new Date()),
        workOrderId,
        kind: 'routing',
        agentType: 'manager',
        runId,
        try: 1,
        inputContext: '{}',
        decisionOutput: '{}',
        mode: 'on',
        policy: 'learned',
        isHeldOut: false,
        arm: 'a',
        learnedArm: 'a',
        staticArm: 'a',
        priceVersion: '1',
        candidates: '[]',
        propensities: '{"a":1}',
        features: '{}',
      })
      .execute();
  }
  ids.sort();
  expect(await orderBeforeNewest(query, 3)).toBeNull();
  const before = await orderBeforeNewest(query, 2);
  expect(before).toBe(ids[0]);
  const read = await ownDecisions(query, before, 10);
  expect(read.map(({ workOrderId }) => workOrderId)).toEqual(ids.slice(1));
  expect(await newestDecisions(query, 1)).toMatchObject([{ workOrderId: ids[2] }]);
});
