// Steps that cannot start say why with an error code, before anything is spent.
import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { ConfigurationError } from '../../domain/failure.ts';
import { scratchRepository } from '../../git/scratch-repository.fixture.ts';
import type { Agent } from '../ports/agent.ts';
import { requireResult } from '../run/step-results.ts';
import type { Work } from '../run/work.ts';
import { scratchWork } from '../scratch-work.fixture.ts';
import { advance } from './execute-run.ts';
import { startsExhausted } from './failure/end-run.ts';
import { fallBack } from './failure/fallback.ts';
import { propose } from './generating/propose.ts';
import { routing } from './routing/routing.ts';

const agents = new Map([['patch', { name: 'patch', writesCode: false } as Agent]]);

async function atRouting(given: Partial<Work> = {}): Promise<Work> {
  const work = await scratchWork(await testDatabase(), { repositoryPath: scratchRepository().path });
  return { ...work, agents, ...given };
}

const withModels = ({ settings }: Work, ...strong: string[]) => ({
  ...settings,
  models: { light: [], standard: [], strong },
});

test('R-PIPE-3: without an agent of that name, or without a model, nothing is routed and nothing is reserved', async () => {
  const work = await atRouting();
  await expect(routing({ ...work, agents: new Map() })).rejects.toMatchObject({ code: 'AGENT_UNKNOWN' });
  await expect(routing(work)).rejects.toMatchObject({ code: 'NO_MODEL' });
  expect(await work.database.query.selectFrom('costTracking').selectAll().execute()).toEqual([]);
});

test('R-PIPE-3: if none of the models can be called, the first one’s reason is reported', async () => {
  const refused = (name: string) =>
    new ConfigurationError({
      code: 'MODEL_KEY_MISSING',
      component: 'models',
      operation: 'create',
      message: name,
      advice: 'Set it.',
    });
  const model = (name: string) => {
    throw refused(name);
  };
  const work = await atRouting({ model });
  const settings = withModels(work, 'p/a', 'p/b');
  await expect(routing({ ...work, settings })).rejects.toMatchObject({
    code: 'MODEL_KEY_MISSING',
    message: 'p/a',
  });
});

test('a bug in creating a model does not count as a missing model', async () => {
  const model = () => {
    throw new RangeError('a defect');
  };
  const work = await atRouting({ model });
  await expect(routing({ ...work, settings: withModels(work, 'p/a') })).rejects.toThrow(RangeError);
});

test('R-PIPE-4: without any model there is no proposal, and the failure says so', async () => {
  const work = await atRouting();
  const asked = {
    models: [],
    base: '',
    feedback: null,
    envelope: { estimateNanoUsd: 1n, ceilingNanoUsd: null },
  };
  await expect(propose(work, asked)).rejects.toMatchObject({ code: 'NO_MODEL', advice: expect.any(String) });
});

test('R-PIPE-1: a step without its input names the step to start from', async () => {
  const work = await atRouting();
  await expect(requireResult(work, 'applying')).rejects.toMatchObject({
    code: 'STEP_RESULT_MISSING',
    advice: expect.stringContaining('--from applying'),
  });
});

test('no step follows the last one', async () => {
  const work = await atRouting();
  const end = { end: 'done', result: { success: true } } as const;
  await expect(advance(work, 'tracking', end, new Date())).rejects.toThrow(TypeError);
});

test('R-PIPE-1: a step that repeatedly kills its process is put before a person', async () => {
  const work = await atRouting();
  expect(startsExhausted({ ...work, run: { ...work.run, starts: 20 } })).toMatchObject({
    code: 'TAKE_UPS_EXHAUSTED',
    message: expect.stringContaining('20 times'),
  });
});

test('without another agent there is no fallback', async () => {
  const work = await atRouting();
  const error = startsExhausted(work);
  const result = { act: 'fall_back', error, because: 'x' } as Parameters<typeof fallBack>[2];
  await expect(fallBack(work, 'applying', result)).rejects.toThrow(TypeError);
});
