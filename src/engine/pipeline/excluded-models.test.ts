import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { newId } from '../../domain/ids.ts';
import { addExclusion, revokeExclusion } from '../../store/figures/patterns.ts';
import type { RoutingResult } from '../run/step-results.ts';
import type { Work } from '../run/work.ts';
import { routing } from './routing.ts';
import { atStep } from './scratch-pipeline.fixture.ts';
import { scriptedModel } from './scripted-model.fixture.ts';

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
  return (end.result as RoutingResult).models;
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
