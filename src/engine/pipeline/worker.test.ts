// What a process does with the runs that it carries, beside carrying them.
import { expect, onTestFinished, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { until } from '../../stdx/async/until.fixture.ts';
import { updateRun } from '../../store/work/runs/runs.ts';
import { cancel } from '../commands/cancel.ts';
import { onRecord } from './on-record.fixture.ts';
import { atStep, proposalOf } from './scratch-pipeline.fixture.ts';
import { scriptedAgent } from './scripted-agent.fixture.ts';
import { scriptedModel } from './scripted-model.fixture.ts';
import { createWorker } from './worker.ts';

const shared = sharedDatabase();

test('fear: the earlier leg of a run that was woken becomes due, and a cancellation no longer stops the agent', async () => {
  const agents = [scriptedAgent('sleep 40')];
  const models = [scriptedModel('p/a', [proposalOf('new')])];
  const { work } = await atStep(shared(), 'routing', { agents, models });
  const worker = createWorker(work);
  onTestFinished(() => worker.close());
  await updateRun(shared().query, work.run.id, { leg: 1 });
  const leg = (at: number) =>
    worker.execute(
      work.run.id,
      { executorId: 'a', slots: work.slots, leg: at },
      new AbortController().signal,
    );
  const carried = leg(1);
  await until('a running agent', async () => (await onRecord(work)).sessions.includes('scripted running'));
  await leg(0);
  await cancel({ database: shared(), clock: work.clock }, work.order, 'human:ada');
  await carried;
  const { order, sessions } = await onRecord(work);
  expect(order.status).toBe('cancelled');
  expect(sessions).toEqual(['scripted stopped']);
});
