import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { lockLearner } from '../../store/work/learning/learners.ts';
import { aWorkOrderAtWork } from '../../store/work/scratch-rows.fixture.ts';
import { choiceOf } from './choose-arm.ts';
import { keepChoice } from './keep-choice.ts';
import { readLearner } from './keep-learner.ts';
import { aQuestion, light, offeredArm, standard } from './known-arms.fixture.ts';

const shared = sharedDatabase();

test('fear: work orders of a project wait for each other when their arms are chosen, though nothing is new', async () => {
  const database = shared();
  const keep = async (offer: Parameters<typeof aQuestion>[0]) => {
    const { workOrderId, runId, projectId } = await aWorkOrderAtWork(database);
    const question = aQuestion({ workOrderId, runId, projectId, ...offer });
    const record = await readLearner(database.query, projectId);
    const choice = choiceOf(question, { record, told: [], tries: 3, number: 1 });
    const decision = { workOrderId, kind: 'routing', agentType: 'manager', input: {}, output: {} } as const;
    await database.transaction((query) => keepChoice(query, question, choice, decision));
    return projectId;
  };
  const projectId = await keep({ offer: [light, standard] });
  await database.transaction(async (query) => {
    await lockLearner(query, projectId);
    // It would never end if it waited for the lock of this transaction.
    await keep({ offer: [light, standard] });
  });
  await keep({ offer: [light, offeredArm('p/new')] });
  expect((await readLearner(database.query, projectId)).learner.arms).toHaveLength(3);
});
