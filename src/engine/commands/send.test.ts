import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import type { Status, Step } from '../../domain/transitions.ts';
import { systemClock } from '../../stdx/clock.ts';
import { aWorkOrderAtWork, theWorkOrder } from '../../store/work/scratch-rows.fixture.ts';
import { messagesOf } from '../../store/work/work-orders/messages.ts';
import { changeWorkOrder } from '../../store/work/work-orders/work-orders.ts';
import { type SentMessage, send } from './send.ts';

const ada = 'human:ada';

async function at(step: Step, status: Status = 'in_progress') {
  const database = await testDatabase();
  const { workOrderId } = await aWorkOrderAtWork(database, { step });
  if (status !== 'in_progress')
    await changeWorkOrder(
      database.query,
      workOrderId,
      { status: 'in_progress' },
      { status, stepState: 'done', changedBy: ada, changedBecause: 'done' },
    );
  const order = await theWorkOrder(database, workOrderId);
  const say = (message: SentMessage) => send({ database, clock: systemClock }, order, message, ada);
  return { say, sent: () => messagesOf(database.query, workOrderId) };
}

test.each([
  ['routing', 'in_progress', 'first_cycle'],
  ['generating', 'in_progress', 'next_cycle'],
  ['verifying', 'in_progress', 'next_cycle'],
  ['verifying', 'needs_review', 'next_run'],
] as const)('R-PROJ-10: sent at %s, %s, it is read in the %s', async (step, status, reading) => {
  const { say, sent } = await at(step, status);
  expect(await say({ text: ' Use UTC. ', file: 'src/clock.ts', line: 3 })).toBe(reading);
  expect(await sent()).toMatchObject([{ by: ada, text: 'Use UTC.', file: 'src/clock.ts', line: 3 }]);
});

test('R-PROJ-10: it interrupts an agent at work, and nothing else', async () => {
  const atWork = await at('applying');
  expect(await atWork.say({ text: 'Stop that.', now: true })).toBe('now');
  expect(await atWork.sent()).toMatchObject([{ isUrgent: true }]);
  const checking = await at('verifying');
  expect(await checking.say({ text: 'Stop that.', now: true })).toBe('next_cycle');
});

test('fear: a message is taken that nobody will read', async () => {
  const published = await at('creating_pr');
  await expect(published.say({ text: 'Wait!' })).rejects.toMatchObject({ code: 'MESSAGE_TOO_LATE' });
  const ended = await at('tracking', 'completed');
  await expect(ended.say({ text: 'Wait!' })).rejects.toMatchObject({ code: 'WORK_ORDER_OVER' });
  expect([await published.sent(), await ended.sent()]).toEqual([[], []]);
});

test('a repeated request sends one message, and the hundredth and first is refused', async () => {
  const { say, sent } = await at('generating');
  await Promise.all([1, 2].map(() => say({ text: 'Use UTC.', requestId: 'one' })));
  expect(await sent()).toHaveLength(1);
  for (let n = 1; n < 100; n++) await say({ text: `${n}` });
  await expect(say({ text: 'one more' })).rejects.toMatchObject({ code: 'MESSAGES_TOO_MANY' });
});

test.each([
  [{ text: ' \n ' }, 'The message is empty.'],
  [{ text: 'x'.repeat(10_001) }, 'The message has 10001 characters; 10000 are possible.'],
  [{ text: 'x', file: 'a\nb' }, 'The name of the file is invalid.'],
  [{ text: 'x', line: 1 }, 'The line is invalid.'],
  [{ text: 'x', file: 'a', line: 0 }, 'The line is invalid.'],
])('bad input is one sentence: %j', async (message, said) => {
  const { say } = await at('generating');
  await expect(say(message)).rejects.toMatchObject({ code: 'MESSAGE_INVALID', message: said });
});

test('R-SEC-4: a secret in a message is not kept', async () => {
  const { say, sent } = await at('generating');
  const secret = `ghp_${'a1B2'.repeat(9)}`;
  await say({ text: `Use ${secret}` });
  expect(JSON.stringify(await sent())).not.toContain(secret);
});
