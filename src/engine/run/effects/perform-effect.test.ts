import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import { effectsOf } from '../../../store/work/sessions/effects.ts';
import { claim, scratchWork } from '../../scratch-work.fixture.ts';
import type { Work } from '../work.ts';
import { type PlannedEffect, performInTurn, performTogether } from './perform-effect.ts';

const shared = sharedDatabase();

const listed = async ({ database, order }: Work) =>
  (await effectsOf(database.query, order.id)).map(({ kind, state, detail }) => ({
    [kind]: state,
    ...detail,
  }));

const push = ({ order }: Work, act: PlannedEffect['act']): PlannedEffect => ({
  kind: 'push',
  key: `push:${order.id}`,
  detail: { branch: 'b' },
  act,
});
const pullRequest = ({ order }: Work, act: PlannedEffect['act']): PlannedEffect => ({
  kind: 'pull_request',
  key: `pull_request:${order.id}`,
  detail: { project: 'p' },
  act,
});

test('R-PIPE-9: in turn, each stands in the list before it is done, and is done before the next one is begun', async () => {
  const work = await scratchWork(shared());
  await performInTurn(work, [
    push(work, async () => {
      expect(await listed(work)).toEqual([{ push: 'intended', branch: 'b' }]);
      return { sha: 'abc' };
    }),
    pullRequest(work, async () => {
      expect(await listed(work)).toEqual([
        { push: 'done', branch: 'b', sha: 'abc' },
        { pull_request: 'intended', project: 'p' },
      ]);
      return { number: 1 };
    }),
  ]);
  expect(await listed(work)).toEqual([
    { push: 'done', branch: 'b', sha: 'abc' },
    { pull_request: 'done', project: 'p', number: 1 },
  ]);
});

test('R-PIPE-9: together, all stand in the list before the first is done', async () => {
  const work = await scratchWork(shared());
  const both = [
    { push: 'intended', branch: 'b' },
    { pull_request: 'intended', project: 'p' },
  ];
  const act = async () => {
    expect(await listed(work)).toEqual(both);
    return {};
  };
  await performTogether(work, [push(work, act), pullRequest(work, act)]);
  expect(await listed(work)).toEqual([
    { push: 'done', branch: 'b' },
    { pull_request: 'done', project: 'p' },
  ]);
});

test.each([
  ['in turn', performInTurn],
  ['together', performTogether],
])('an act that fails stays intended, for it may have been done; %s', async (_, perform) => {
  const work = await scratchWork(shared());
  const failing = perform(work, [push(work, () => Promise.reject(new RangeError('no')))]);
  await expect(failing).rejects.toThrow(RangeError);
  expect(await listed(work)).toEqual([{ push: 'intended', branch: 'b' }]);
});

test('R-PIPE-1: one that was cut off between the act and its mark is acted again, and is one effect', async () => {
  let passes = 0;
  const work = await scratchWork(shared(), {
    reached: (point) => {
      if (point === 'push:acted' && ++passes === 1) throw new RangeError('the power went');
    },
  });
  let acts = 0;
  const effects = [push(work, async () => ({ acts: ++acts }))];
  await expect(performInTurn(work, effects)).rejects.toThrow('the power went');
  expect(await listed(work)).toEqual([{ push: 'intended', branch: 'b' }]);
  await performInTurn(work, effects);
  expect(await listed(work)).toEqual([{ push: 'done', branch: 'b', acts: 2 }]);
});

test('fear: while a thing that is done is done again, what undoing it needs to know is lost', async () => {
  const work = await scratchWork(shared());
  await performInTurn(work, [push(work, async () => ({ sha: 'abc' }))]);
  const again = performInTurn(work, [
    push(work, async () => {
      expect(await listed(work)).toEqual([{ push: 'done', branch: 'b', sha: 'abc' }]);
      throw new RangeError('cut off');
    }),
  ]);
  await expect(again).rejects.toThrow('cut off');
});

test('R-PIPE-1: a process that no longer carries the run neither acts nor writes', async () => {
  const work = await scratchWork(shared());
  await claim(work.database, work.run.id, 'another');
  let acts = 0;
  const effects = [push(work, async () => ({ acts: ++acts }))];
  for (const perform of [performInTurn, performTogether])
    await expect(perform(work, effects)).rejects.toMatchObject({ code: 'FENCE_LOST' });
  expect(acts).toBe(0);
  expect(await listed(work)).toEqual([]);
});

test('one that loses the run while it acts leaves the mark, and all that follows, to its successor', async () => {
  const work = await scratchWork(shared());
  let opened = 0;
  const late = performInTurn(work, [
    push(work, async () => {
      await claim(work.database, work.run.id, 'another');
      return { sha: 'mine' };
    }),
    pullRequest(work, async () => ({ opened: ++opened })),
  ]);
  await expect(late).rejects.toMatchObject({ code: 'FENCE_LOST' });
  expect(await listed(work)).toEqual([{ push: 'intended', branch: 'b' }]);
  expect(opened).toBe(0);
});
