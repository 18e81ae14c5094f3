// The database refuses some rows permanently: no step is paid for again and again, and no failure is silent.
import { expect, test } from 'vitest';
import { writes } from './ground.fixture.ts';
import { leftovers, nothing } from './nothing-left.fixture.ts';
import { aGround, tamperWith } from './ten-failures.fixture.ts';

const refused = "raise exception 'this table takes nothing'";

test('if the result of a step cannot be stored, a person is asked, and the model is not paid again', async () => {
  const ground = await aGround();
  const { moose, database } = ground.opened;
  const mend = await tamperWith(database, ['step_results', 'insert', "new.step = 'generating'"], refused);
  const { id } = await ground.submit();
  expect(await ground.settled(id)).toMatchObject({
    step: 'generating',
    failure: { code: 'DATABASE_REFUSED' },
    escalation: { context: { code: 'DATABASE_REFUSED', step: 'generating' } },
  });
  expect(ground.callsFor(id)).toBe(1);
  await mend();
  await moose.retry(id, {});
  expect(await ground.settled(id)).toMatchObject({ status: 'completed', escalation: null });
  expect(await leftovers(database, ground.config.dataDirectory)).toEqual(nothing);
});

test('if the refinement of a step cannot be stored, a person is asked, and the model is not paid again', async () => {
  const ground = await aGround();
  const { database } = ground.opened;
  await tamperWith(database, ['runs', 'update', 'new.cycle > old.cycle'], refused);
  const checks = [{ kind: 'test', command: 'exit 1', source: 'given' }] as const;
  const { id } = await ground.submit({ checks, answer: () => writes('a.txt', 'a\n') });
  expect(await ground.settled(id)).toMatchObject({
    status: 'needs_review',
    step: 'verifying',
    failure: { code: 'DATABASE_REFUSED' },
    counters: { refinement_cycles: 0, model_calls: 1 },
  });
});

test('R-ESC-1: if the end of a run cannot be stored, a person is asked once, and the run ends when it can be stored', async () => {
  const ground = await aGround();
  const { moose, database } = ground.opened;
  const mend = await tamperWith(database, ['runs', 'update', "new.state = 'ended'"], refused);
  const { id } = await ground.submit({ answer: () => ({ raw: 'No.' }) });
  await expect.poll(() => moose.escalations.list()).toHaveLength(1);
  expect(await moose.escalations.list()).toMatchObject([
    { code: 'DATABASE_REFUSED', severity: 'critical', component: 'pipeline', work_order: { id } },
  ]);
  await mend();
  expect(await ground.settled(id)).toMatchObject({ status: 'failed', step: 'generating' });
  expect(await moose.escalations.list()).toHaveLength(1);
});
