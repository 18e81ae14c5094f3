import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { planned, planOf } from '../../../domain/plan/plan.fixture.ts';
import { listEscalations } from '../../../store/failures/escalations.ts';
import { directorDecisions, estimatesOf } from '../../../store/work/plans/decided-plans.ts';
import { findSpec } from '../../../store/work/plans/specs.ts';
import { ifDue } from '../../background/jobs/if-due.fixture.ts';
import { directorJob } from '../../specs/intake/director-job.ts';
import { planningGround } from '../../specs/intake/planning-ground.fixture.ts';
import { answer } from './answer.ts';
import { applyGroupAnswer } from './apply-group-answer.ts';
import { carryOutJob } from './jobs.ts';

const by = 'human:grace';
const risky = planOf([
  planned('basket'),
  planned('login', { title: 'Check the password' }),
  planned('page', { depends_on: ['login'] }),
]);

/** A spec whose plan a person is asked about. */
async function asked() {
  const made = await planningGround([risky, planOf([planned('basket')])]);
  const { database, specId, deps } = made;
  await sql`update plannings set run_for = 'human:ada'`.execute(database.query);
  await made.round();
  await ifDue(database, directorJob(deps)).run(made.work.signal);
  const questions = () => listEscalations(database.query, { all: true, limit: 10 });
  const [question] = await questions();
  if (!question) throw new TypeError('Nobody was asked');
  return {
    ...made,
    question,
    questions,
    choose: (option: string, given: Partial<Parameters<typeof answer>[3]> = {}) =>
      answer(deps, question, option, { by, ...given }),
    spec: () => findSpec(database.query, specId),
  };
}

test('R-ESC-3: a person who approves all of it starts it, and the answer is a decision with a name', async () => {
  const { choose, spec, database, specId } = await asked();
  expect(await choose('approve')).toMatchObject({ status: 'resolved', resolvedBy: by });
  expect(await spec()).toMatchObject({ approvedVersion: 1, approvedBy: by });
  const [newest] = await directorDecisions(database.query, specId, 10);
  expect(newest?.decisionOutput).toMatchObject({ decision: 'approve', by, failure: null });
});

test('R-ESC-3: a person who approves the harmless part starts a version of it, with its estimates', async () => {
  const { choose, spec, specs, database, specId } = await asked();
  await choose('approve_part');
  expect(await spec()).toMatchObject({ approvedVersion: 2, approvedBy: by });
  const part = await specs.planOf(specId);
  expect(part).toMatchObject({ version: 2, made_by: by, problems: [], layers: [['basket']] });
  expect((await estimatesOf(database.query, specId, 2)).map(({ planKey }) => planKey)).toEqual(['basket']);
});

test('R-ESC-3: a plan that is sent back is planned again with the remark, and decided about again', async () => {
  const { choose, planning, round, model, deps, work, spec } = await asked();
  await expect(choose('send_back')).rejects.toMatchObject({ code: 'NOTE_NEEDED' });
  await choose('send_back', { note: 'Leave the login out.' });
  expect(await planning()).toMatchObject({ state: 'asked', remark: 'Leave the login out.', askedBy: by });
  await round();
  expect(model.prompts.at(-1)).toMatch(/<remark>\nLeave the login out\.\n<\/remark>[\s\S]*"key":"login"/);
  await ifDue(deps.database, directorJob(deps)).run(work.signal);
  expect(await spec()).toMatchObject({ approvedVersion: 2, approvedBy: 'moose:director' });
});

test('R-ESC-3: a person who does not want it to run leaves the plan as it is', async () => {
  const { choose, spec, planning } = await asked();
  expect(await choose('cancel')).toMatchObject({ status: 'resolved' });
  expect(await spec()).toMatchObject({ runState: null });
  expect(await planning()).toMatchObject({ state: 'planned' });
});

test('R-ESC-4: a program does not approve what the Director does not, and no answer becomes a standing one', async () => {
  const { choose, question, questions } = await asked();
  await expect(choose('approve', { by: 'api:ci' })).rejects.toMatchObject({ code: 'APPROVAL_NOT_YOURS' });
  await expect(choose('cancel', { always: true })).rejects.toMatchObject({ code: 'ANSWER_NOT_A_POLICY' });
  expect(await questions()).toMatchObject([{ id: question.id, status: 'open' }]);
});

test('R-BASE-2: an answer whose process died is carried out by the next one, once', async () => {
  const { deps, question, database, work, specs, specId, spec } = await asked();
  await sql`update escalations set status = 'chosen', chosen_option = 'approve_part', resolved_by = ${by}
    where id = ${question.id}`.execute(database.query);
  await ifDue(database, carryOutJob(deps)).run(work.signal);
  await applyGroupAnswer(deps, question.id);
  expect(await specs.planVersions(specId)).toHaveLength(2);
  expect(await spec()).toMatchObject({ approvedVersion: 2 });
});

test('fear: an answer about a plan that was edited meanwhile is tried for ever', async () => {
  const { choose, specs, specId, spec, database } = await asked();
  await specs.editPlan(specId, { plan: risky, after: 1 });
  expect(await choose('approve')).toMatchObject({
    status: 'resolved',
    resolution: { failures: [{ code: 'PLAN_NOT_NEWEST' }] },
  });
  expect(await spec()).toMatchObject({ runState: null });
  expect(await directorDecisions(database.query, specId, 1)).toMatchObject([
    { decisionOutput: { decision: 'approve', failure: { code: 'PLAN_NOT_NEWEST' } } },
  ]);
});
