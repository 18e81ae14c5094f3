import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { aWorkOrderAtWork } from '../../store/work/scratch-rows.fixture.ts';
import { nameOf } from './arm-question.ts';
import { choiceOf } from './choose-arm.ts';
import { keepChoice } from './keep-choice.ts';
import { readLearner, rebuiltRecord } from './keep-learner.ts';
import { aQuestion, light, offeredArm, standard, strong } from './known-arms.fixture.ts';

const shared = sharedDatabase();
const now = offeredArm('p/now');

test('R-LRN-4: fear: arms of models that are gone stay in the state forever; those in use elsewhere are kept', async () => {
  const { query } = shared();
  const database = shared();
  const { workOrderId, runId, projectId } = await aWorkOrderAtWork(database);
  const ids = { workOrderId, runId, projectId };
  const keep = async (number: number, given: Partial<ReturnType<typeof aQuestion>>) => {
    const question = aQuestion({ ...ids, ...given });
    const record = await readLearner(query, projectId);
    const choice = choiceOf(question, { record, told: [], tries: 3, number });
    const decision = { workOrderId, kind: 'routing', agentType: 'manager', input: {}, output: {} } as const;
    await database.transaction((transaction) => keepChoice(transaction, question, choice, decision));
  };
  const namesKnown = async () => (await readLearner(query, projectId)).learner.arms.map(({ arm }) => arm);
  const configured = { agents: ['patch'], models: ['p/now'] };
  await keep(1, { offer: [light, standard, strong] });
  await keep(2, { offer: [now], configured });
  // Another machine may have used them a moment ago.
  expect(await namesKnown()).toEqual([light, standard, strong, now].map(nameOf));
  await sql`insert into learner_events (project_id, ordinal, event, arm, factor)
    select ${projectId}, events + n, 'price', ${nameOf(now)}, 1 from learners, generate_series(1, 200) n
    where project_id = ${projectId}`.execute(query);
  await sql`update learners set events = events + 200 where project_id = ${projectId}`.execute(query);
  await keep(3, { offer: [now] });
  expect(await namesKnown()).toHaveLength(4);
  await keep(4, { offer: [now], configured: { ...configured, models: ['p/now', 'p/light'] } });
  expect(await namesKnown()).toEqual([light, now].map(nameOf));
  const rebuilt = await rebuiltRecord(query, projectId);
  expect(rebuilt.learner.arms.map(({ arm }) => arm)).toEqual([light, now].map(nameOf));
});
