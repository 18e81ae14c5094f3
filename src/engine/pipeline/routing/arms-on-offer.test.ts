import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import { usdNumber } from '../../../domain/money.ts';
import type { Agent } from '../../ports/agent.ts';
import type { Work } from '../../run/work.ts';
import { rowsAt } from '../scratch-pipeline.fixture.ts';
import { scriptedAgent } from '../scripted-agent.fixture.ts';
import { scriptedModel } from '../scripted-model.fixture.ts';
import { armsOnOffer } from './arms-on-offer.ts';

const shared = sharedDatabase();
const missing = async () => ({
  isInstalled: false,
  version: null,
  testedVersion: '1',
  advice: 'Install it.',
});
const agents = [
  scriptedAgent('true'),
  scriptedAgent('true', { name: 'second', writesCode: true }),
  scriptedAgent('true', { name: 'missing', probe: missing }),
  scriptedAgent('true', { name: 'other-wire', wires: ['openai-responses'] }),
  scriptedAgent('true', { name: 'unlisted' }),
];
const models = ['p/a', 'p/b'];
const withoutEffort = 'openai/gpt-4.1';

async function offered(
  change: (work: Work) => void,
  given: { isAgentFixed?: boolean; models?: string[] } = {},
) {
  const work = await rowsAt(shared(), 'routing', {
    agents,
    models: [...models, withoutEffort].map((name) => scriptedModel(name)),
  });
  work.settings = { ...work.settings, fallbackAgents: ['second', 'missing', 'other-wire', 'nobody'] };
  change(work);
  const [agent] = agents as [Agent];
  const limitUsd = work.order.limitNanoUsd === null ? null : usdNumber(work.order.limitNanoUsd);
  return armsOnOffer(work, { agent, models, isAgentFixed: false, limitUsd, ...given });
}

const named = (arms: Awaited<ReturnType<typeof offered>>) =>
  arms.map(({ agent, model }) => `${agent} ${model}`);

test('R-LRN-4: an arm is an installed agent that a person has listed, with a model that it can call', async () => {
  const usual = ['scripted p/a', 'scripted p/b'];
  const arms = await offered(() => undefined);
  expect(named(arms)).toEqual([...usual, 'second p/a', 'second p/b']);
  expect(named(await offered(() => undefined, { isAgentFixed: true }))).toEqual(usual);
  const [one, , two] = arms;
  expect(one?.prompt).not.toBe(two?.prompt);
  expect(one).toMatchObject({ priceVersion: 'test' });
  expect(two?.costHintUsd).toBeGreaterThan(one?.costHintUsd ?? 0);
});

test('R-LRN-4, R-BUD-1: what a try usually costs is within the limit of the work order; the static choice stays', async () => {
  const limited = await offered((work) => {
    work.order.limitNanoUsd = 50_000_000n;
  });
  expect(named(limited)).toEqual(['scripted p/a', 'scripted p/b']);
  const poor = await offered((work) => {
    work.order.limitNanoUsd = 1n;
  });
  expect(named(poor)).toEqual(['scripted p/a']);
});

test('R-LRN-4: an arm has an effort of the settings, where its agent can pass it on', async () => {
  const change = (work: Work) => {
    const thinking = scriptedAgent('true', {
      name: 'second',
      writesCode: true,
      efforts: ['low', 'high', 'max'],
    });
    work.agents = new Map([...work.agents, ['second', thinking]]);
    work.settings = { ...work.settings, efforts: ['max', 'minimal', 'low'] };
  };
  const arms = await offered(change);
  expect(arms.map(({ agent, model, effort }) => [agent, model, effort])).toEqual([
    ['scripted', 'p/a', undefined],
    ['scripted', 'p/b', undefined],
    ['second', 'p/a', undefined],
    ['second', 'p/a', 'low'],
    ['second', 'p/a', 'max'],
    ['second', 'p/b', undefined],
    ['second', 'p/b', 'low'],
    ['second', 'p/b', 'max'],
  ]);
  const refused = await offered(change, { models: [withoutEffort] });
  expect(refused.map(({ effort }) => effort)).toEqual([undefined, undefined]);
});
