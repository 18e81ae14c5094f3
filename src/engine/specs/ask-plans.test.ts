import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { systemClock } from '../../stdx/clock.ts';
import { type PriceOfEnv, stateGiven } from '../../store/money/model-prices.ts';
import { projectById } from '../../store/work/projects/projects.ts';
import { aWorkOrderAtWork } from '../../store/work/scratch-rows.fixture.ts';
import { askSpecs } from './ask-specs.ts';

const dollar = 10n ** 9n;

test('R-BUD-8: fear: a spec is planned for more than its estimate has shown, because a price has changed', async () => {
  const database = await testDatabase();
  const { projectId } = await aWorkOrderAtWork(database);
  const { name: project } = await projectById(database.query, projectId);
  const models = { light: [], standard: [], strong: ['a/dear'] };
  const current = { models, assessment: { tiers: [] }, outputTokensMax: 1_000 } as never;
  const specs = askSpecs({ database, clock: systemClock, actor: 'human:ada', settings: { current } });
  const { id } = await specs.upload({ name: 'Old', content: 'Build it.', project });
  const rates = { aboveInputTokens: 0, input: 3n * dollar, cacheRead: 0n, cacheWrite: 0n, cacheWrite1h: 0n };
  const dear: PriceOfEnv = {
    name: 'a/dear',
    contextTokens: null,
    steps: [{ ...rates, output: 15n * dollar }],
  };
  await database.transaction((query) => stateGiven(query, [dear], { by: 'human:ada', isWhole: false }));
  await expect(specs.plan(id)).rejects.toMatchObject({
    code: 'PLAN_COST_CHANGED',
    message: expect.stringMatching(/at most \$\d+\.\d\d now, and its estimate says \$0\.00/),
  });
  expect(await specs.planning(id)).toBeNull();
  const again = await specs.upload({ name: 'New', content: 'Build it.', project });
  expect(await specs.plan(again.id)).toMatchObject({ limit_usd: again.estimate.architect_usd });
});
