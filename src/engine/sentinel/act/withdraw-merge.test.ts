import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import { TransientError } from '../../../domain/failure.ts';
import { systemClock } from '../../../stdx/clock.ts';
import { changePullRequest } from '../../../store/work/pull-requests/pull-requests.ts';
import { cancel } from '../../commands/cancel.ts';
import { pause, resume } from '../../commands/pause-and-resume.ts';
import { followedGround, kindsOf, passing } from '../followed-ground.fixture.ts';
import { look, pushed } from '../next/followed.fixture.ts';

const shared = sharedDatabase();
const merges = { merge: 'green' } as const;

/** The forge is to merge it by itself. */
async function queued() {
  const ground = await followedGround(shared());
  const { database, forge, row } = ground;
  forge.mergesTo = 'queued';
  forge.verdicts[pushed] = passing;
  await look(database, forge, merges);
  expect((await row()).mergeQueuedAt).not.toBeNull();
  const deps = { database, clock: systemClock };
  const asked = () => forge.calls.filter((call) => /^(?:take back|merge)/.test(call));
  return { ...ground, deps, asked };
}

test('fear: a person pauses a work order, and the forge merges it all the same', async () => {
  const { database, forge, scratch, order, row, deps, asked } = await queued();
  await pause(deps, await order(), 'human:ada');
  // It is looked at now, not minutes later.
  expect((await row()).nextLookAt?.getTime()).toBeLessThanOrEqual(Date.now() + 1_000);
  await look(database, forge, merges);
  expect(asked()).toEqual(['merge aaaa', 'take back 7']);
  expect(await row()).toMatchObject({ mergeQueuedAt: null, waitingFor: 'A person paused the work order.' });
  expect(await kindsOf(database, scratch)).toContain('pull_request.unqueued');
  await look(database, forge, merges);
  expect(asked()).toHaveLength(2);
  await resume(deps, await order(), 'human:ada');
  await look(database, forge, merges);
  expect(asked().at(-1)).toBe('merge aaaa');
  expect((await row()).mergeQueuedAt).not.toBeNull();
});

test('fear: a person cancels a work order, and the forge merges it all the same', async () => {
  const { database, forge, order, row, deps, asked } = await queued();
  await cancel(deps, await order(), 'human:ada');
  forge.failures.merge = new TransientError({
    code: 'FORGE_UNREACHABLE',
    component: 'forge',
    operation: 'take back',
    message: 'It is away.',
  });
  await look(database, forge, merges);
  expect((await row()).mergeQueuedAt).not.toBeNull();
  delete forge.failures.merge;
  await look(database, forge, merges);
  expect(asked().at(-1)).toBe('take back 7');
  // After that, people decide about it.
  expect(await row()).toMatchObject({ mergeQueuedAt: null, nextLookAt: null, waitingFor: null });
  expect(await order()).toMatchObject({ status: 'cancelled' });
});

test('a cancelled work order that the forge was not to merge is not looked at', async () => {
  const { database, forge, order, row } = await followedGround(shared());
  await cancel({ database, clock: systemClock }, await order(), 'human:ada');
  await look(database, forge, merges);
  expect(await row()).toMatchObject({ nextLookAt: null });
  expect(forge.calls).toEqual([]);
});

/** Moose dies after the forge was asked, and before the answer is recorded. */
async function died() {
  const ground = await followedGround(shared());
  const { database, forge, row } = ground;
  forge.mergesTo = 'queued';
  forge.verdicts[pushed] = passing;
  const reached = (point: string) => {
    if (point === 'sentinel:merged') throw new Error('Moose died');
  };
  await look(database, forge, merges, { reached });
  expect(forge.calls).toContain('merge aaaa');
  expect((await row()).mergeQueuedAt).toBeNull();
  const asked = () => forge.calls.filter((call) => call.startsWith('take back'));
  return { ...ground, deps: { database, clock: systemClock }, asked };
}

test.each(['pause', 'cancel'] as const)(
  'fear: Moose dies before it records that the forge is to merge, and %s leaves the merge to happen',
  async (what) => {
    const { database, forge, order, row, deps, asked } = await died();
    const stop = what === 'pause' ? pause : cancel;
    await stop(deps, await order(), 'human:ada');
    expect((await row()).nextLookAt?.getTime()).toBeLessThanOrEqual(Date.now() + 1_000);
    await look(database, forge, merges);
    expect(asked()).toEqual(['take back 7']);
    await look(database, forge, merges);
    expect(asked()).toHaveLength(1);
  },
);

test('fear: a person pauses while the forge is asked to merge, and the look of the pause comes too early', async () => {
  const ground = await followedGround(shared());
  const { database, forge, order } = ground;
  forge.verdicts[pushed] = passing;
  const deps = { database, clock: systemClock };
  forge.mergePullRequest = async () => {
    await pause(deps, await order(), 'human:ada');
    await look(database, forge, merges);
    forge.calls.push('queued');
    return 'queued';
  };
  await look(database, forge, merges);
  expect(forge.calls.filter((call) => /^(?:take back|queued)/.test(call))).toEqual([
    ...['take back 7', 'queued', 'take back 7'],
  ]);
});

test('what a person has merged after a work order was cancelled is not taken back', async () => {
  const { database, forge, order, row, asked } = await died();
  await cancel({ database, clock: systemClock }, await order(), 'human:ada');
  const at = await row();
  await changePullRequest(database.query, at, at.number, { mergeAskedAt: new Date(Date.now() + 1_000) });
  await look(database, forge, merges);
  expect(asked()).toEqual([]);
});
