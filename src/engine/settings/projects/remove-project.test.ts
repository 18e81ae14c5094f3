import { expect, test } from 'vitest';
import { testDatabase } from '../../../../test/database.ts';
import { systemClock } from '../../../stdx/clock.ts';
import { projectById } from '../../../store/work/projects/projects.ts';
import { aWorkOrderAtWork } from '../../../store/work/scratch-rows.fixture.ts';
import { experimentsAs, learningProject } from '../../learning/experiment-ground.fixture.ts';
import { askHuman } from '../../questions/ask-human.ts';
import { by, one, to } from '../../questions/asking.fixture.ts';
import { undoOptions } from '../../questions/undo-options.ts';
import { askProjects } from './ask-projects.ts';

const known = { agentNames: ['patch'], assertModel: async () => undefined };
const free = { costNanoUsd: '0', risk: 'low', chance: null, chanceOf: 0 } as const;
const retry = { ...free, id: 'retry', kind: 'retry', label: 'Retry', from: 'routing' } as const;

test('fear: the question of a removed project recommends a retry, which is refused', async () => {
  const database = await testDatabase();
  const ask = async (options: Parameters<typeof askHuman>[1]['options'], recommendedOption: string) => {
    const { workOrderId, projectId } = await aWorkOrderAtWork(database, { repositoryPath: '/srv/gone' });
    const { id } = await askHuman(database.query, {
      workOrderId,
      options,
      recommendedOption,
      title: 'It failed',
      context: {},
      failureClass: 'test_fail',
    });
    await to(database, workOrderId, { status: 'failed' });
    return { id, projectId };
  };
  const { id: forWork, projectId } = await ask([retry], 'retry');
  const { id: toUndo } = await ask(undoOptions(), 'undo');
  const { name } = await projectById(database.query, projectId);
  await askProjects({ database, clock: systemClock, known, actor: by }).remove(name);
  expect(await one(database, forWork)).toMatchObject({
    status: 'withdrawn',
    resolution: { because: `the project "${name}" was removed` },
  });
  // What could not be undone is still there.
  expect(await one(database, toUndo)).toMatchObject({ status: 'open' });
});

test('fear: the experiment of a removed project runs for ever', async () => {
  const database = await testDatabase();
  const { project, projectId } = await learningProject(database);
  const experiments = experimentsAs(database);
  await experiments.startExperiment({ project, a: 'static', b: 'learned', cap_usd: 1 });
  await database.query
    .updateTable('workOrders')
    .set({ status: 'cancelled' })
    .where('projectId', '=', projectId)
    .execute();
  await askProjects({ database, clock: systemClock, known, actor: by }).remove(project);
  expect((await experiments.experiments()).items).toMatchObject([{ state: 'stopped', ended_by: by }]);
});
