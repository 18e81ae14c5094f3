// A short month of work orders through a whole Moose whose static rule takes the worse of two models that cost the same: what
// was learned has to find the better one by itself.
import { expect, test } from 'vitest';
import { type Month, monthScript, taskTitle } from '../../bench/learning-month/models.ts';
import { dollarsPerChange, readMonth } from '../../bench/learning-month/month-figures.ts';
import { playMonth, priceText } from '../../bench/learning-month/play-month.ts';
import type { ProjectId } from '../../src/domain/ids.ts';
import { createLearnerRecord } from '../../src/domain/learning/learner-record.ts';
import { lockLearner, saveLearner } from '../../src/store/work/learning/learners.ts';
import { makeRepository } from './repository.fixture.ts';
import { aGround } from './ten-failures.fixture.ts';

const price = { inputUsd: 0.5, outputUsd: 6 };
const month: Month = {
  orders: 60,
  seed: 3,
  models: [
    { name: 'scripted/worse', ability: -6, ...price },
    { name: 'scripted/better', ability: 4, ...price },
    { name: 'scripted/dear', ability: 4, inputUsd: 5, outputUsd: 60 },
  ],
};
/** 1,500 tokens of output, usually somewhat more, and a short prompt. */
const dearTryUsd = 0.1;
/** What a project has to see before what was learned acts; here it has seen nothing of any model. */
const seenBefore = 50;

test('R-LRN-4: over a month, what was learned finds the model that the static rule never asks, and not the dear one', {
  timeout: 2_700_000,
}, async () => {
  const ground = await aGround({
    MOOSE_PRICES: month.models.map(priceText).join(','),
    MOOSE_MODELS: 'scripted/worse',
  });
  const { moose, database } = ground.opened;
  const script = monthScript(month);
  for (let number = 0; number < month.orders; number += 1) ground.answer(taskTitle(number), script);
  const repositoryPath = await makeRepository(`${ground.directory}/month`);
  const { project } = await moose.projects.add({ repository: repositoryPath });
  await moose.projects.change(project.id, { learning: 'on' });
  await moose.settings.change('settings.limits.finished_value_usd', { value: 0.5 });
  await moose.settings.change('settings.limits.refinement_cycles', { value: 2 });
  const fresh = createLearnerRecord();
  await database.transaction(async (query) => {
    await lockLearner(query, project.id as ProjectId);
    const state = { ...fresh, learner: { ...fresh.learner, tasksSeen: seenBefore } };
    await saveLearner(query, { projectId: project.id as ProjectId, state, events: 0n });
  });
  const played = await playMonth(
    {
      opened: ground.opened,
      repositoryPath,
      settled: async (id) => (await ground.settled(id, 2_400_000)).status,
    },
    month,
    { atOnce: 12, signal: new AbortController().signal },
  );
  expect(played).toHaveLength(month.orders);
  const { learned, heldOut } = await readMonth(database, played);
  expect(learned.length).toBeGreaterThan(40);
  // The first ones try the models out.
  const later = learned.slice(24);
  expect(later.filter(({ isMerged }) => isMerged).length / later.length).toBeGreaterThan(0.8);
  // The static rule pays for three tries that solve next to nothing.
  expect(heldOut.filter(({ isMerged }) => isMerged).length).toBeLessThanOrEqual(heldOut.length / 2);
  const { mean } = dollarsPerChange(later, 1);
  expect(mean ?? Number.POSITIVE_INFINITY).toBeLessThan(dearTryUsd / 2);
});
