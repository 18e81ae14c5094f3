import { expect, test } from 'vitest';
import { testDatabase } from '../../../../test/database.ts';
import { newId } from '../../../domain/ids.ts';
import type { Database } from '../../../store/database.ts';
import { replacePatterns } from '../../../store/figures/patterns.ts';
import { decisionsOn } from '../on-record.fixture.ts';
import { atStep } from '../scratch-pipeline.fixture.ts';
import { scriptedModel } from '../scripted-model.fixture.ts';
import { routing } from './routing.ts';

const names = ['p/one', 'p/two', 'p/three'];

async function routed(
  database: Database,
  given: { confidence?: number; title?: string; model?: string } = {},
) {
  const { confidence = 0.99, title = 'Change how auth works', model } = given;
  const { work } = await atStep(database, 'routing', {
    models: names.map((name) => scriptedModel(name)),
    settings: { models: { light: names, standard: names, strong: names }, patternConfidence: confidence },
  });
  Object.assign(work.order, { title, settings: model === undefined ? {} : { model } });
  const end = await routing(work);
  if (end.end !== 'done') throw new Error(`It ended as ${end.end}`);
  await end.also?.(work.database.query);
  const [decision] = await decisionsOn(work);
  return { models: end.result.models, doubted: decision?.output.doubted };
}

const pattern = (model: string, corrected: number, word: string | null = 'auth') => ({
  id: newId<string>(new Date()),
  model,
  word,
  attempts: 20,
  failures: 15,
  low: 0.5,
  high: 0.9,
  otherAttempts: 40,
  otherFailures: 4,
  chance: corrected,
  corrected,
  computedAt: new Date(),
});

test('R-LRN-3: a model that surely fails more often at this kind of work is asked last, and the decision says why', async () => {
  const database = await testDatabase();
  await replacePatterns(database.query, [pattern('p/one', 0.001), pattern('p/two', 0.2)]);
  expect(await routed(database)).toEqual({
    models: ['p/two', 'p/three', 'p/one'],
    doubted: [{ model: 'p/one', confidence: 0.999, failures: 15, attempts: 20 }],
  });
  expect(await routed(database, { title: 'Fix a typo' })).toEqual({ models: names, doubted: undefined });
  expect((await routed(database, { confidence: 0.7 })).models).toEqual(['p/three', 'p/one', 'p/two']);
  // Turned off, and where a person has named the model.
  expect(await routed(database, { confidence: 1 })).toEqual({ models: names, doubted: undefined });
  expect(await routed(database, { model: 'p/one' })).toEqual({ models: ['p/one'], doubted: undefined });
});
