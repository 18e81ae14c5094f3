// What an agent can change nothing about: no cycle is charged, one question is asked, and the work goes on by itself.
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import type { Check, Obstacle } from '../../domain/forge/forge.ts';
import { systemClock } from '../../stdx/clock.ts';
import { pullRequestOf } from '../../store/work/pull-requests/pull-requests.ts';
import { theWorkOrder } from '../../store/work/scratch-rows.fixture.ts';
import { withdrawUnshared } from '../questions/ask-human.ts';
import { followedGround, passing, questions } from './followed-ground.fixture.ts';
import { awaitingCi, checkOf, look, pushed, type ScriptedForge } from './next/followed.fixture.ts';

const shared = sharedDatabase();
async function ground() {
  const at = await followedGround(shared());
  // Questions of other tests, which all have the same host.
  const asked = at.database.query.updateTable('escalations').set({ status: 'withdrawn' });
  await asked.where('groupKey', 'like', 'cause:ci:%').execute();
  return at;
}
const minute = 60_000;

const stopped = (kind: Obstacle['kind'], said: string, given: Partial<Check> = {}) => ({
  verdict: 'none' as const,
  because: `build did not run: ${said}`,
  checks: [
    checkOf('build', kind === 'approval' ? 'unknown' : 'failed', { obstacle: { kind, said }, ...given }),
  ],
});
const later = (ms: number) => ({ clock: { ...systemClock, now: () => new Date(Date.now() + ms) } });
const of = (forge: ScriptedForge, call: string) => forge.calls.filter((each) => each.startsWith(call));

/** The shared questions about CI of this database, with how many work orders wait for each. */
async function sharedQuestions({ query }: Awaited<ReturnType<typeof ground>>['database']) {
  const rows = await query
    .selectFrom('escalations as e')
    .select(['e.code', 'e.status', 'e.title', 'e.groupKey', 'e.recommendedOption'])
    .select((of) =>
      of
        .selectFrom('escalationMembers as m')
        .whereRef('m.escalationId', '=', 'e.id')
        .where('m.leftAt', 'is', null)
        .select((count) => count.fn.countAll<string>().as('n'))
        .as('waiting'),
    )
    .where('e.groupKey', 'like', 'cause:ci:%')
    .where('e.status', '=', 'open')
    .execute();
  return rows.map(({ waiting, ...row }) => ({ ...row, waiting: Number(waiting) }));
}

test('R-SEN-6: an account that cannot pay charges no cycle, and three work orders raise one question', async () => {
  const { database, forge, order, row } = await ground();
  const said = 'recent account payments have failed';
  const others = [
    await awaitingCi(database, { title: 'Two' }),
    await awaitingCi(database, { title: 'Three' }),
  ];
  forge.verdicts[pushed] = stopped('billing', said);
  for (let count = 0; count < 3; count++) await look(database, forge, { noChecksMs: -1 });
  expect(await order()).toMatchObject({
    status: 'in_progress',
    step: 'awaiting_ci',
    refinementCycles: 0,
    run: 1,
  });
  expect((await row()).waitingFor).toContain(said);
  expect(await sharedQuestions(database)).toMatchObject([
    {
      code: 'CI_BLOCKED',
      waiting: 3,
      recommendedOption: 'wait',
      title: expect.stringContaining(said),
      groupKey: 'cause:ci:billing:git.example.com/acme',
    },
  ]);
  // The account is in order, and the checks have run again.
  forge.verdicts[pushed] = passing;
  await look(database, forge);
  expect(await order()).toMatchObject({ status: 'completed', refinementCycles: 0 });
  for (const { workOrderId } of others)
    expect(await theWorkOrder(database, workOrderId)).toMatchObject({ status: 'completed' });
  await database.transaction(withdrawUnshared);
  expect(await sharedQuestions(database)).toEqual([]);
});

test.each([
  ['billing', 'spending limit'],
  ['no runner', 'no runner took the job'],
] as const)(
  'R-SEN-7: checks that did not run because of %s run again by themselves, at growing intervals',
  async (kind, said) => {
    const { database, forge, order } = await ground();
    forge.verdicts[pushed] = stopped(kind, said);
    await look(database, forge);
    expect(of(forge, 'rerun')).toHaveLength(0);
    for (const [minutes, reruns] of [
      [31, 1],
      [40, 1],
      [95, 2],
      [120, 2],
      [220, 3],
    ] as const) {
      await look(database, forge, {}, later(minutes * minute));
      expect(of(forge, 'rerun')).toHaveLength(reruns);
    }
    expect(await order()).toMatchObject({ status: 'in_progress', refinementCycles: 0 });
  },
);

test('R-SEN-6: a check that waits for an approval is a question that names it, and goes on when it is given', async () => {
  const { database, forge, order } = await ground();
  forge.verdicts[pushed] = stopped('approval', 'the workflow waits for the approval of a maintainer');
  await look(database, forge);
  await look(database, forge, {}, later(40 * minute));
  expect(of(forge, 'rerun')).toHaveLength(0);
  expect(await sharedQuestions(database)).toMatchObject([
    { code: 'CI_BLOCKED', title: expect.stringContaining('build did not run: it waits for an approval') },
  ]);
  forge.verdicts[pushed] = { verdict: 'running', checks: [checkOf('build', 'running')] };
  await look(database, forge);
  await database.transaction(withdrawUnshared);
  expect(await sharedQuestions(database)).toEqual([]);
  expect(await order()).toMatchObject({ status: 'in_progress', refinementCycles: 0 });
});

test('R-SEN-3: a lost runner runs again at once; lost again, a person is asked and the agent is not', async () => {
  const { database, forge, order } = await ground();
  const said = 'The self-hosted runner lost communication with the server.';
  forge.verdicts[pushed] = stopped('runner lost', said);
  for (let count = 0; count < 3; count++) await look(database, forge);
  expect(of(forge, 'rerun')).toEqual(['rerun build']);
  forge.verdicts[pushed] = stopped('runner lost', said, { attempt: 2, id: 'build.2' });
  for (let count = 0; count < 3; count++) await look(database, forge);
  expect(of(forge, 'rerun')).toHaveLength(1);
  expect(await order()).toMatchObject({ status: 'in_progress', step: 'awaiting_ci', refinementCycles: 0 });
  expect(await sharedQuestions(database)).toMatchObject([{ code: 'CI_BLOCKED', waiting: 1 }]);
});

test('R-SEN-3: a runner that only the log says was lost is no failure of the change', async () => {
  const { database, forge, order } = await ground();
  forge.verdicts[pushed] = { verdict: 'red', checks: [checkOf('build', 'failed')] };
  forge.logs.build =
    'ok 1\nok 2\n##[error]The runner has received a shutdown signal. This can happen when the runner service is stopped.\n';
  await look(database, forge);
  expect(of(forge, 'rerun')).toEqual(['rerun build']);
  forge.verdicts[pushed] = {
    verdict: 'red',
    checks: [checkOf('build', 'failed', { attempt: 2, id: 'b.2' })],
  };
  await look(database, forge);
  await look(database, forge);
  expect(await order()).toMatchObject({ step: 'awaiting_ci', refinementCycles: 0 });
  expect(await sharedQuestions(database)).toMatchObject([{ code: 'CI_BLOCKED' }]);
});

test('R-SEN-7: a required check that never reports is one question after the deadline, and goes on when it reports', async () => {
  const { database, forge, order, row, scratch } = await ground();
  forge.verdicts[pushed] = {
    verdict: 'running',
    checks: [checkOf('docs', 'passed')],
    missing: ['test'],
  };
  await look(database, forge, { merge: 'green' });
  expect(await questions(database, scratch)).toEqual([]);
  for (let count = 0; count < 3; count++) await look(database, forge, { merge: 'green', noChecksMs: -1 });
  const question = { code: 'REQUIRED_CHECK_MISSING', title: expect.stringContaining('test is required') };
  expect(await questions(database, scratch)).toMatchObject([{ ...question, status: 'open' }]);
  expect(await row()).toMatchObject({ waitingFor: expect.stringContaining('never reports') });
  expect(await order()).toMatchObject({ status: 'in_progress', step: 'awaiting_ci' });
  forge.verdicts[pushed] = passing;
  await look(database, forge, { merge: 'green' });
  expect(await order()).toMatchObject({ status: 'completed' });
  expect(await questions(database, scratch)).toMatchObject([{ ...question, status: 'withdrawn' }]);
});

test('R-SEN-7: a required check that is missing beside no other check at all is asked about too', async () => {
  const { database, forge, scratch } = await ground();
  forge.verdicts[pushed] = { verdict: 'none', checks: [], missing: ['test'] };
  await look(database, forge, { noChecksMs: -1 });
  expect(await questions(database, scratch)).toMatchObject([{ code: 'REQUIRED_CHECK_MISSING' }]);
});

test('R-SEN-7: checks that no runner takes stay queued for a while, and then one question is asked', async () => {
  const { database, forge, order, scratch } = await ground();
  forge.verdicts[pushed] = { verdict: 'running', checks: [checkOf('build', 'queued')] };
  // For longer than a first check may take to appear.
  await look(database, forge);
  expect(await questions(database, scratch)).toEqual([]);
  for (let count = 0; count < 3; count++) await look(database, forge, { noChecksMs: -1 });
  expect(await questions(database, scratch)).toMatchObject([{ code: 'CHECKS_STAY_QUEUED', status: 'open' }]);
  expect(await order()).toMatchObject({ status: 'in_progress', refinementCycles: 0 });
});

test('R-SEN-6: what failed and is not required is merged by the rule, and told', async () => {
  const { database, forge, order } = await ground();
  const checks = [checkOf('build', 'passed', { isRequired: true }), checkOf('lint', 'failed')];
  forge.verdicts[pushed] = { verdict: 'green', checks };
  await look(database, forge, { merge: 'green' });
  expect(await order()).toMatchObject({
    status: 'completed',
    isVerified: true,
    changedBecause: 'CI is green (lint failed, and is not required), and its pull request is merged',
  });
  const row = await pullRequestOf(database.query, (await order()).id);
  expect(row?.state).toBe('merged');
});
