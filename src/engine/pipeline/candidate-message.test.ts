// Messages of people to candidates of an undecided group.
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { PermanentError } from '../../domain/failure.ts';
import { systemClock } from '../../stdx/clock.ts';
import { addToCounters } from '../../store/work/runs/runs.ts';
import { cancel } from '../commands/cancel.ts';
import { decideGroupIfDue } from '../commands/decide-group.ts';
import { send } from '../commands/send.ts';
import { unreadMessages } from '../run/messages/unread-messages.ts';
import { endRun } from './failure/end-run.ts';
import { settlePassed } from './groups/candidate-turn.ts';
import { type Candidates, candidatesAt } from './groups.fixture.ts';

const shared = sharedDatabase();
const deps = () => ({ database: shared(), clock: systemClock });
const sendTo = async (group: Candidates, number: number) =>
  send(deps(), await group.order(number), { text: 'Also the docs' }, 'human:ada');

const red = () =>
  new PermanentError({
    code: 'CHECK_FAILED',
    component: 'verifying',
    operation: 'check',
    message: 'red',
    failureClass: 'test_fail',
    advice: 'Look at the check.',
  });

function workOf({ works }: Candidates, number: number) {
  const work = works[number - 1];
  if (!work) throw new TypeError('There is no such candidate');
  return work;
}

test('fear: a message to a candidate that waits stays unread, because another one is kept at that moment', async () => {
  const group = await candidatesAt(shared(), ['creating_pr', 'creating_pr', 'verifying']);
  await addToCounters(shared().query, (await group.order(1)).id, { refinementCycles: 1 });
  await group.turn(1);
  await group.turn(2);
  expect(await sendTo(group, 1)).toBe('next_cycle');
  await endRun(workOf(group, 3), { end: 'review', failure: red() });
  expect((await group.decision()).decidedAt).toBeNull();
  expect(await group.turn(1)).toBe('look');
  expect((await group.order(1)).step).toBe('generating');
});

test('fear: a message comes between the last look for messages and the decision, and is never read', async () => {
  const group = await candidatesAt(shared(), ['creating_pr', 'creating_pr']);
  await group.turn(1);
  const second = workOf(group, 2);
  await sendTo(group, 2);
  expect(await settlePassed(second, { kind: 'candidates', group: group.group, number: 2, of: 2 })).toBe(
    'look',
  );
  await decideGroupIfDue(deps(), group.group);
  expect((await group.decision()).decidedAt).toBeNull();
});

test('fear: messages and decisions at the same moment wait for each other, or a message is lost', async () => {
  for (let n = 0; n < 8; n += 1) {
    const group = await candidatesAt(shared(), ['creating_pr', 'creating_pr']);
    await addToCounters(shared().query, (await group.order(1)).id, { refinementCycles: 1 });
    await group.turn(1);
    const [sent] = await Promise.allSettled([sendTo(group, 1), group.turn(2), group.turn(1)]);
    const { decidedAt, kept } = await group.decision();
    const isUnread = (await unreadMessages(workOf(group, 1))).length > 0;
    if (sent.status === 'rejected') expect(sent.reason).toMatchObject({ code: 'MESSAGE_TOO_LATE' });
    else expect([isUnread, decidedAt !== null && kept !== group.group]).toEqual([true, false]);
  }
});

test('fear: a message to a candidate that has failed is said to be read in a cycle that never comes', async () => {
  const group = await candidatesAt(shared(), ['verifying', 'routing', 'verifying']);
  for (const number of [1, 2]) await endRun(workOf(group, number), { end: 'review', failure: red() });
  for (const number of [1, 2]) expect(await sendTo(group, number)).toBe('next_run');
  expect(await sendTo(group, 3)).toBe('next_cycle');
});

test('fear: a message is taken by work that is being cancelled', async () => {
  const group = await candidatesAt(shared(), ['creating_pr', 'verifying']);
  await cancel(deps(), await group.order(2), 'human:ada');
  await expect(sendTo(group, 2)).rejects.toMatchObject({ code: 'MESSAGE_TOO_LATE' });
});
