import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import type { Database } from '../../store/database.ts';
import { settleExperiments } from './ask-experiments.ts';
import { askPolicy } from './ask-policy.ts';
import {
  assign,
  type Ending,
  experimentsAs,
  learningProject,
  playOrder,
} from './experiment-ground.fixture.ts';

const wish = { a: 'static', b: 'fixed:p/strong', cap_usd: 1_000 };
/** The arm that the fixed policy uses is worth more: it passes every time. */
const strongIsBetter: Ending = (arm) => ({ success: arm?.includes('strong') ?? false, costUsd: 1 });
const equal: Ending = () => ({ success: true, costUsd: 1 });

async function play(database: Database, orders: number, ends: Ending): Promise<void> {
  for (let index = 0; index < orders; index += 1) await playOrder(database, ends);
}

const only = async (database: Database) => {
  const { items } = await experimentsAs(database).experiments();
  if (!items[0]) throw new Error('There is no experiment');
  return items[0];
};

test('R-LRN-5: an experiment gives half of the work orders to each policy, and ends by itself when it is decided', async () => {
  const database = await testDatabase();
  const { project } = await learningProject(database);
  const started = await experimentsAs(database).startExperiment({ ...wish, project });
  expect(started).toMatchObject({ state: 'running', assigned: 0, low_usd: null });
  expect(started.verdict).toContain('Not decided yet');
  await play(database, 60, strongIsBetter);
  await settleExperiments({ database });
  expect(await only(database)).toMatchObject({ state: 'running', low_usd: null });
  await play(database, 100, strongIsBetter);
  // Two workers judge at the same time.
  await Promise.all([settleExperiments({ database }), settleExperiments({ database })]);
  const ended = await only(database);
  expect(ended).toMatchObject({ state: 'decided', ended_by: 'moose', pending: 0, not_counted: 0 });
  expect(ended.verdict).toMatch(
    /^fixed:p\/strong is better than static: \$\d+\.\d\d more for each work order/,
  );
  expect(ended.settled).toBe(ended.assigned);
  expect(ended.of_a).toBeGreaterThan(ended.assigned * 0.3);
  expect(ended.of_a).toBeLessThan(ended.assigned * 0.7);
  expect(ended.high_usd).toBeLessThan(0);
  // What happens later is not part of it.
  await play(database, 3, equal);
  expect(await only(database)).toEqual(ended);
  const policy = await askPolicy({ database }).learnedPolicy();
  expect(policy.comparison.work_orders).toBe(0);
});

test('R-LRN-5: an experiment ends by itself over its cap of spend, and gives out no further work order before', async () => {
  const database = await testDatabase();
  const { project } = await learningProject(database);
  await experimentsAs(database).startExperiment({ ...wish, project, cap_usd: 3 });
  for (let index = 0; (await only(database)).spent_usd < 3; index += 1) {
    if (index > 60) throw new Error('Nothing was assigned');
    await playOrder(database, equal);
  }
  const { assigned } = await only(database);
  await play(database, 20, equal);
  expect((await only(database)).assigned).toBe(assigned);
  expect((await only(database)).verdict).toContain('The cap of $3.00 is reached');
  await settleExperiments({ database });
  const ended = await only(database);
  expect(ended).toMatchObject({ state: 'capped', spent_usd: 3, ended_by: 'moose' });
  expect(ended.verdict).toMatch(/^Not decided within the cap of \$3\.00: static minus fixed:p\/strong is /);
});

test('R-LRN-5: each choice in an experiment is logged with the chance of its arm', async () => {
  const database = await testDatabase();
  const { project } = await learningProject(database);
  await experimentsAs(database).startExperiment({ ...wish, project });
  const chances = { 'patch:p/light#1': 0.1 + 0.9 * 0.5, 'patch:p/strong#1': 0.9 * 0.5 };
  for (let index = 0; index < 30; index += 1) await assign(database);
  const rows = await database.query.selectFrom('decisionLogs').selectAll().where('try', '=', 1).execute();
  expect(rows).toHaveLength(30);
  for (const row of rows) {
    for (const [arm, chance] of Object.entries(chances)) expect(row.acted?.[arm]).toBeCloseTo(chance, 9);
    const chosen = row.side === 'b' ? 'patch:p/strong#1' : 'patch:p/light#1';
    expect(row).toMatchObject({ arm: chosen, policy: row.side === 'b' ? 'fixed' : 'static' });
    expect(row.isHeldOut).toBe(row.side === null);
  }
  const sides = new Set(rows.map(({ side }) => side));
  expect(sides.has('a') && sides.has('b')).toBe(true);
});

test('R-LRN-5: what was chosen before an experiment, or stopped, is not part of it', async () => {
  const database = await testDatabase();
  const { project } = await learningProject(database);
  const before = await assign(database);
  const { id } = await experimentsAs(database).startExperiment({ ...wish, project });
  expect((await assign(database, before)).arm).toBe('patch:p/light#1');
  expect(await only(database)).toMatchObject({ assigned: 0 });
  const stopped = await experimentsAs(database, 'api:ci').stopExperiment(id.slice(-8));
  expect(stopped).toMatchObject({ state: 'stopped', ended_by: 'api:ci' });
  expect(stopped.verdict).toContain('Stopped before it was decided');
  expect(await experimentsAs(database).stopExperiment(id)).toMatchObject({ ended_by: 'api:ci' });
  for (let index = 0; index < 5; index += 1) await assign(database);
  expect(await only(database)).toMatchObject({ assigned: 0 });
});

test('R-LRN-5: an experiment in a project that no longer learns stops', async () => {
  const database = await testDatabase();
  const { project, projectId } = await learningProject(database);
  await experimentsAs(database).startExperiment({ ...wish, project });
  await settleExperiments({ database });
  expect(await only(database)).toMatchObject({ state: 'running' });
  await database.query
    .updateTable('projects')
    .set({ settings: '{"learning":"off"}' })
    .where('id', '=', projectId)
    .execute();
  await settleExperiments({ database });
  expect(await only(database)).toMatchObject({ state: 'stopped', ended_by: 'moose' });
  await expect(experimentsAs(database).startExperiment({ ...wish, project })).rejects.toMatchObject({
    message: expect.stringContaining('does not learn'),
  });
});

test.each([
  ['LIMIT_NOT_YOURS', {}, 'api:ci'],
  ['PROJECT_NOT_FOUND', { project: 'none' }],
  ['EXPERIMENT_IMPOSSIBLE', { b: 'static' }],
  ['EXPERIMENT_IMPOSSIBLE', { b: 'dynamic' }],
  ['EXPERIMENT_IMPOSSIBLE', { b: 'fixed:' }],
  ['EXPERIMENT_IMPOSSIBLE', { b: 'fixed:p/strong>p/strong' }],
  ['EXPERIMENT_IMPOSSIBLE', { b: 'fixed:p/unknown' }],
  ['EXPERIMENT_IMPOSSIBLE', { b: 'learned' }],
])('R-LRN-5: an experiment that cannot be is refused: %s %j', async (code, given, actor = 'human:ada') => {
  const database = await testDatabase();
  const { project } = await learningProject(database, 10);
  await expect(
    experimentsAs(database, actor).startExperiment({ ...wish, project, ...given }),
  ).rejects.toMatchObject({ code });
});

test('R-LRN-5: a project runs one experiment at a time', async () => {
  const database = await testDatabase();
  const { project } = await learningProject(database);
  const moose = experimentsAs(database);
  const started = await Promise.allSettled([
    moose.startExperiment({ ...wish, project }),
    moose.startExperiment({ ...wish, project, b: 'learned' }),
  ]);
  expect(started.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(started.find(({ status }) => status === 'rejected')).toMatchObject({
    reason: { code: 'EXPERIMENT_RUNNING' },
  });
  await expect(moose.stopExperiment('ffffffff')).rejects.toMatchObject({ code: 'EXPERIMENT_NOT_FOUND' });
  await expect(moose.stopExperiment('no')).rejects.toMatchObject({ code: 'EXPERIMENT_NOT_FOUND' });
});
