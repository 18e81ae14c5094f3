import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import { PermanentError } from '../../../domain/failure.ts';
import { newId } from '../../../domain/ids.ts';
import { addExclusion, revokeExclusion } from '../../../store/figures/patterns.ts';
import type { Work } from '../../run/work.ts';
import { endRun } from '../failure/end-run.ts';
import { questionsOf } from '../on-record.fixture.ts';
import { routing } from '../routing/routing.ts';
import { atStep } from '../scratch-pipeline.fixture.ts';
import { scriptedModel } from '../scripted-model.fixture.ts';

const shared = sharedDatabase();

async function ground(title: string, settings: Work['order']['settings'] = {}): Promise<Work> {
  const models = ['p/light', 'p/strong'].map((name) => scriptedModel(name));
  const ladder = { light: ['p/light'], standard: [], strong: ['p/strong', 'p/light'] };
  const { work } = await atStep(shared(), 'routing', { models, settings: { models: ladder } });
  Object.assign(work.order, { title, settings });
  return work;
}

async function modelsFor(work: Work): Promise<string[]> {
  const end = await routing(work);
  if (end.end !== 'done') throw new Error(`It ended as ${end.end}`);
  return end.result.models;
}

const exclude = async (model: string, projectId: Work['project']['id'] | null = null) => {
  const id: string = newId(new Date());
  const word = 'auth';
  await addExclusion(shared().query, { id, projectId, model, word, createdBy: 'human:ada' });
  return id;
};

test('R-LRN-3: routing sends excluded work to other models, until a person allows it again', async () => {
  const id = await exclude('p/strong');
  expect(await modelsFor(await ground('Change how auth works'))).toEqual(['p/light']);
  expect(await modelsFor(await ground('Fix a typo'))).toEqual(['p/light', 'p/strong']);
  await revokeExclusion(shared().query, id, 'human:ada');
  expect(await modelsFor(await ground('Change how auth works'))).toEqual(['p/strong', 'p/light']);
});

test('an exclusion of one project leaves the others alone', async () => {
  const work = await ground('Change how auth works');
  const id = await exclude('p/strong', work.project.id);
  expect(await modelsFor(work)).toEqual(['p/light']);
  expect(await modelsFor(await ground('Change how auth works'))).toEqual(['p/strong', 'p/light']);
  await revokeExclusion(shared().query, id, 'human:ada');
});

test('fear: every model is excluded, and the work goes to one of them all the same', async () => {
  const ids = [await exclude('p/strong'), await exclude('p/light')];
  await expect(modelsFor(await ground('Change how auth works'))).rejects.toMatchObject({
    code: 'MODELS_EXCLUDED',
    category: 'configuration',
  });
  // A person who names one for this work order decides.
  expect(await modelsFor(await ground('Change how auth works', { model: 'p/light' }))).toEqual(['p/light']);
  for (const id of ids) await revokeExclusion(shared().query, id, 'human:ada');
});

test('fear: a question offers an excluded model, which a standing answer or a default takes without a person', async () => {
  const offered = async (isExcluded: boolean) => {
    const models = ['p/light', 'p/middle', 'p/strong'].map((name) => scriptedModel(name));
    const { work } = await atStep(shared(), 'verifying', { models });
    const id: string = newId(new Date());
    const exclusion = { id, projectId: work.project.id, model: 'p/strong', createdBy: 'human:ada' };
    if (isExcluded) await addExclusion(shared().query, { ...exclusion, band: 'low' });
    const told = { code: 'CHECK_FAILED', component: 'pipeline', operation: 'verify' };
    const failure = new PermanentError({ ...told, message: 'A test fails.', failureClass: 'test_fail' });
    await endRun(work, { end: 'review', failure: failure });
    const [question] = await questionsOf(work);
    return question?.options.flatMap(({ id: option }) => (option.startsWith('model:') ? [option] : []));
  };
  expect(await offered(false)).toEqual(['model:p/middle', 'model:p/strong']);
  expect(await offered(true)).toEqual(['model:p/middle']);
});
