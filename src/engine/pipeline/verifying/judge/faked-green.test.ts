import { expect, test } from 'vitest';
import { testDatabase } from '../../../../../test/database.ts';
import type { Database } from '../../../../store/database.ts';
import { escalationById } from '../../../../store/failures/escalations.ts';
import { agentOutcomes } from '../../../../store/figures/agent-outcomes.ts';
import { countOutcomes } from '../../../../store/figures/outcomes.ts';
import { modelRecords } from '../../../../store/figures/past-runs.ts';
import { openRunOf } from '../../../../store/work/runs/runs.ts';
import { theWorkOrder } from '../../../../store/work/scratch-rows.fixture.ts';
import { eventsOf } from '../../../../store/work/work-orders/work-orders.ts';
import { answer } from '../../../commands/answers/answer.ts';
import { by, depsOf } from '../../../questions/asking.fixture.ts';
import type { Work } from '../../../run/work.ts';
import { claim } from '../../../scratch-work.fixture.ts';
import { applying } from '../../applying/applying.ts';
import { refineChange } from '../../failure/refine-change.ts';
import { onRecord, questionsOf } from '../../on-record.fixture.ts';
import { atStep, decided, leave, proposalOf } from '../../scratch-pipeline.fixture.ts';
import { scriptedAgent } from '../../scripted-agent.fixture.ts';
import { scriptedModel } from '../../scripted-model.fixture.ts';
import { tracking } from '../../tracking/tracking.ts';
import { verifying } from '../verifying.ts';
import { shop, skipped } from './shop.fixture.ts';

/** A change that is green because it skips the red test, judged in the last of `cyclesMax` cycles. */
async function faked(database: Database, cyclesMax: number) {
  const at = await atStep(database, 'verifying', {
    files: shop,
    change: skipped,
    models: [scriptedModel('p/one')],
  });
  const { work } = at;
  work.order.refinementCyclesMax = cyclesMax;
  const startedAt = work.clock.now();
  const end = await verifying(work);
  if (end.end !== 'refine') throw new Error(`It ended as ${end.end}`);
  const said = { error: end.failure, because: 'its checks prove nothing' };
  const went = await decided(refineChange, work, 'verifying', said, { result: end.result, startedAt });
  return { ...at, went };
}

const outcomesOf = ({ database, order }: Work) =>
  database.query
    .selectFrom('outcomeVectors')
    .selectAll()
    .where('workOrderId', '=', order.id)
    .orderBy('createdAt')
    .execute();

const since = new Date(0);
const until = new Date(Date.now() + 24 * 3_600_000);

/** What the figures say of the model and its agent. */
async function figures({ query }: Database, model: string) {
  const counted = await countOutcomes(query, since, until);
  return {
    attempts: counted.map(({ success, attempts, failureClass }) => ({ success, attempts, failureClass })),
    model: await modelRecords(query, [model], 'scripted'),
    agent: (await agentOutcomes(query, since)).map(({ runs, good }) => ({ runs, good })),
  };
}

test('R-GREEN-9: a faked green is a failed cycle of the model, with what was found', async () => {
  const database = await testDatabase();
  const { work, went } = await faked(database, 3);
  expect(went).toBe('go on');
  expect(await onRecord(work)).toMatchObject({
    order: { step: 'generating', refinementCycles: 1, failureClass: 'contract_violation', isVerified: null },
    errors: [{ errorType: expect.any(String), recoveryStrategy: 'refine', step: 'verifying' }],
  });
  const note = (await openRunOf(database.query, work.order.id))?.settings.failure;
  expect(JSON.stringify(note)).toContain('half of ten');
});

test('R-GREEN-9: after the last cycle a person is asked with the names, and what is accepted is no success', async () => {
  const database = await testDatabase();
  const { work, went, routed } = await faked(database, 0);
  expect(went).toBe('stop');
  const [question] = await questionsOf(work);
  expect(question?.options).toContainEqual(
    expect.objectContaining({ id: 'accept', label: 'Accept it as it is, not verified', risk: 'high' }),
  );
  expect(question?.context).toMatchObject({
    fault: 'work',
    evidence: {
      findings: [
        { weight: 'refuses', kind: 'green_only_by_its_tests', tests: ['half of ten'] },
        { weight: 'refuses', kind: 'test_skipped', tests: ['half of ten'] },
      ],
      outputTail: expect.stringContaining('half of ten'),
    },
  });
  const model = String(routed.models[0]);
  const failed = { success: false, attempts: 1, failureClass: 'contract_violation' };
  const asFailed = {
    attempts: [failed],
    model: [expect.objectContaining({ runs: 1, successes: 0 })],
    agent: [{ runs: 1, good: 0 }],
  };
  expect(await outcomesOf(work)).toMatchObject([{ success: false, fault: 'work', counts: true, model }]);
  expect(await figures(database, model)).toEqual(asFailed);

  const asked = await escalationById(database.query, String(question?.id));
  if (!asked) throw new Error('Nobody was asked');
  await answer(depsOf(database), asked, 'accept', { by });
  const accepted = (await eventsOf(database.query, work.order.id)).find(({ kind }) => kind === 'accepted');
  expect(accepted?.reason).toBe('accepted by human:ada although it is not verified');

  const open = await openRunOf(database.query, work.order.id);
  if (!open) throw new Error('It does not go on');
  const published = {
    ...work,
    run: await claim(database, open.id, 'another'),
    order: await theWorkOrder(database, work.order.id),
  };
  await leave(published, 'creating_pr', { number: 1, url: 'memory:1', headSha: routed.baseSha, remote: '' });
  await tracking(published);
  expect((await onRecord(published)).order).toMatchObject({
    status: 'completed',
    isVerified: false,
    notVerifiedBecause: expect.stringMatching(/^human:ada accepted it as it is: .*half of ten/),
  });
  expect(await outcomesOf(work)).toMatchObject([
    { success: false, counts: true },
    { judgedBy: 'nothing', counts: false, isAttempt: false },
  ]);
  expect(await figures(database, model)).toEqual({ ...asFailed, agent: [{ runs: 2, good: 0 }] });
});

test('R-GREEN-9, R-GO-5: fear: the second try repeats itself, and the finding is lost', async () => {
  const database = await testDatabase();
  const { work } = await faked(database, 1);
  const [order, open] = [
    await theWorkOrder(database, work.order.id),
    await openRunOf(database.query, work.order.id),
  ];
  if (!open) throw new Error('It does not go on');
  const again = { ...work, order, run: { ...open, fence: work.run.fence } };
  await leave(again, 'generating', {
    proposal: proposalOf('the same'),
    brief: null,
    model: null,
    attempts: 1,
  });
  const startedAt = work.clock.now();
  const atApplying = { ...again, order: { ...order, step: 'applying' as const, refinementCyclesMax: 1 } };
  await database.query
    .updateTable('workOrders')
    .set({ step: 'applying', changedBy: 'test' })
    .where('id', '=', order.id)
    .execute();
  const end = await applying({
    ...atApplying,
    agents: new Map([['scripted', scriptedAgent('echo says success')]]),
  });
  if (end.end !== 'refine') throw new Error(`It ended as ${end.end}`);
  const said = { error: end.failure, because: 'it repeats itself' };
  expect(await decided(refineChange, atApplying, 'applying', said, { result: end.result, startedAt })).toBe(
    'stop',
  );
  const [question] = await questionsOf(work);
  expect(question?.options.map(({ id }) => id)).toContain('accept');
  const asked = await escalationById(database.query, String(question?.id));
  if (!asked) throw new Error('Nobody was asked');
  expect(asked.title).toMatch(/changed nothing\..* It was to fix this: .*half of ten/);
  await answer(depsOf(database), asked, 'accept', { by });
  expect((await eventsOf(database.query, work.order.id)).map(({ kind }) => kind)).toContain('accepted');
});

test('fear, R-GREEN-9: a person retries a refused change from its pull request, and it counts as verified', async () => {
  const database = await testDatabase();
  const { work, routed } = await faked(database, 3);
  await leave(work, 'creating_pr', { number: 1, url: 'memory:1', headSha: routed.baseSha, remote: '' });
  await tracking({
    ...work,
    order: await theWorkOrder(database, work.order.id),
    run: await claim(database, work.run.id, 'another'),
  });
  expect((await onRecord(work)).order).toMatchObject({
    isVerified: false,
    notVerifiedBecause: expect.stringContaining('half of ten'),
  });
  expect(await outcomesOf(work)).toMatchObject([{ judgedBy: 'nothing', counts: false }]);
});
