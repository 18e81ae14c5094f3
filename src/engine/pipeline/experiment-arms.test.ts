import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { experimentsAs } from '../learning/experiment-ground.fixture.ts';
import { advance } from './execute-run.ts';
import { nextArm } from './failure/next-arm.ts';
import { checkFailed, choices, ground, routed, type ScratchWork } from './learned-ground.fixture.ts';
import { claimedAgain } from './scratch-pipeline.fixture.ts';

const shared = sharedDatabase();

/** A work order that both sides of an experiment give to the same plan, apart from its third arm. */
async function inExperiment(): Promise<{ work: ScratchWork; experiment: string }> {
  const work = await ground(shared(), 'shadow');
  const a = 'fixed:p/strong>p/light';
  const { id } = await experimentsAs(shared()).startExperiment({
    project: work.project.name,
    a,
    b: `${a}>p/standard`,
    cap_usd: 100,
  });
  return { work, experiment: id };
}

const next = (work: ScratchWork) => work.database.transaction((query) => nextArm(query, work, checkFailed));

test('R-LRN-5: a work order of an experiment follows its policy in shadow too, from arm to arm', async () => {
  const { work } = await inExperiment();
  const { end, result } = await routed(work);
  expect(result.models[0]).toBe('p/strong');
  await advance(work, 'routing', end, new Date());
  const at = await claimedAgain(work);
  expect(await next(at)).toMatchObject({ settings: { models: expect.arrayContaining(['p/light']) } });
  const [first, second] = await choices(at);
  expect(first).toMatchObject({ try: 1, mode: 'shadow', policy: 'fixed', isHeldOut: false });
  expect(first?.side).toMatch(/^[ab]$/);
  expect(second).toMatchObject({ try: 2, mode: 'shadow', policy: 'fixed', side: first?.side });
  expect(second?.arm).toContain(':p/light#');
  expect(second?.acted).toEqual({ [second?.arm ?? '']: 1 });
  const last = await next(at);
  if (first?.side === 'a') expect(last).toEqual({ stop: 'the fixed plan has no more models and agents' });
  else expect(last).toMatchObject({ settings: { models: expect.arrayContaining(['p/standard']) } });
});

test('R-LRN-5: fear: a restart, or the end of the experiment, changes the policy of a work order', async () => {
  const { work, experiment } = await inExperiment();
  await routed(work);
  expect(await choices(work)).toEqual([]);
  const again = await claimedAgain(work);
  const { end } = await routed(again);
  await advance(again, 'routing', end, new Date());
  const at = await claimedAgain(again);
  await experimentsAs(shared()).stopExperiment(experiment);
  const settings = { ...at.project.settings, learning: 'on' as const };
  at.project.settings = settings;
  await next(at);
  const [first, second] = await choices(at);
  expect(second).toMatchObject({ experimentId: experiment, side: first?.side, policy: 'fixed' });
  expect(second?.arm).toContain(':p/light#');
  const other = await ground(shared(), 'shadow');
  await advance(other, 'routing', (await routed(other)).end, new Date());
  expect((await choices(other))[0]).toMatchObject({ experimentId: null, side: null, policy: 'static' });
});

test('R-LRN-5: a choice of a person holds above an experiment', async () => {
  const { work } = await inExperiment();
  work.order.settings = { model: 'p/light', agent: 'scripted' };
  const { end, result } = await routed(work);
  expect(result.models).toEqual(['p/light']);
  await advance(work, 'routing', end, new Date());
  expect((await choices(work))[0]).toMatchObject({ side: null, acted: null, policy: 'static' });
});

test('R-LRN-5: a fixed plan without an arm on offer leaves the work order to the static rule, which is counted', async () => {
  const { work } = await inExperiment();
  work.order.title = 'Change the payment of invoices';
  await work.database.query
    .updateTable('policyExperiments')
    .set({ policyA: 'fixed:p/light', policyB: 'fixed:p/standard' })
    .where('projectId', '=', work.project.id)
    .execute();
  const { end, result } = await routed(work);
  expect(result.models).toEqual(['p/strong']);
  await advance(work, 'routing', end, new Date());
  expect((await choices(work))[0]).toMatchObject({ side: expect.any(String), policy: 'static' });
  const { items } = await experimentsAs(shared()).experiments();
  expect(items.find(({ project }) => project === work.project.name)).toMatchObject({
    assigned: 1,
    left_to_static: 1,
    pending: 1,
  });
});

test('R-LRN-4, R-LRN-5: what was learned acts for its side of an experiment', async () => {
  const work = await ground(shared(), 'shadow');
  const project = work.project.name;
  const both = { a: 'learned', b: 'fixed:p/strong>p/standard>p/light', cap_usd: 100 };
  await experimentsAs(shared()).startExperiment({ project, ...both });
  const { end } = await routed(work);
  await advance(work, 'routing', end, new Date());
  const [row] = await choices(work);
  expect(row).toMatchObject({ policy: row?.side === 'a' ? 'learned' : 'fixed', mode: 'shadow' });
  expect(Object.values(row?.acted ?? {}).reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 9);
});
