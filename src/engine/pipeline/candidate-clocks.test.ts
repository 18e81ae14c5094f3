// The machines of candidates may have different clocks: only that of the database says how long one has waited.
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { systemClock } from '../../stdx/clock.ts';
import { cancel } from '../commands/cancel.ts';
import { decideGroupIfDue } from '../commands/decide-group.ts';
import { endRun } from './failure/end-run.ts';
import { candidatesAt } from './groups.fixture.ts';
import { claimedAgain } from './scratch-pipeline.fixture.ts';

const shared = sharedDatabase();
const hourMs = 3_600_000;
const clockOff = (hours: number) => ({ now: () => new Date(Date.now() + hours * hourMs) });
const depsAt = (hours: number) => ({ database: shared(), clock: clockOff(hours) });

test('fear: a machine whose clock is ahead ends the wait for the other candidates at once', async () => {
  const group = await candidatesAt(shared(), ['creating_pr', 'verifying']);
  await group.turn(1);
  await decideGroupIfDue(depsAt(3), group.group);
  expect((await group.decision()).decidedAt).toBeNull();
});

test('fear: a candidate passes on a machine whose clock is behind, and the others are cancelled at once', async () => {
  const group = await candidatesAt(shared(), ['creating_pr', 'verifying']);
  const [first] = group.works;
  if (first) group.works[0] = { ...first, clock: clockOff(-3) };
  await group.turn(1);
  await decideGroupIfDue(depsAt(0), group.group);
  expect((await group.decision()).decidedAt).toBeNull();
});

test('fear: with a clock that is ahead, a candidate that never ends blocks the others beyond two hours', async () => {
  const group = await candidatesAt(shared(), ['creating_pr', 'verifying']);
  const [first] = group.works;
  if (first) group.works[0] = { ...first, clock: clockOff(5) };
  await group.turn(1);
  await group.hoursPass(3);
  await decideGroupIfDue({ database: shared(), clock: systemClock }, group.group);
  expect(await group.decision()).toMatchObject({ outcome: 'kept', kept: group.group });
});

test('fear: what a person cancelled through a machine whose clock is ahead counts as lost to a better one', async () => {
  const group = await candidatesAt(shared(), ['creating_pr', 'creating_pr', 'generating']);
  await group.turn(1);
  await cancel(depsAt(1), await group.order(3), 'human:ada');
  await group.turn(2);
  expect(await group.decision()).toMatchObject({ outcome: 'kept' });
  const [, , third] = group.works;
  if (third) await endRun(await claimedAgain(third), { end: 'cancelled' });
  expect(await group.order(3)).toMatchObject({
    status: 'cancelled',
    changedBecause: 'cancelled by a person',
  });
});
