import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../../test/shared-database.ts';
import { TransientError } from '../../../../domain/failure.ts';
import { nothingAsked } from '../../../../domain/work-order/asked.ts';
import { onRecord } from '../../on-record.fixture.ts';
import { atStep, claimedAgain } from '../../scratch-pipeline.fixture.ts';
import { type Answer, scriptedModel } from '../../scripted-model.fixture.ts';
import { shop, skipped } from '../judge/shop.fixture.ts';
import { verifying } from '../verifying.ts';
import { askedInTask } from './read-task.ts';

const shared = sharedDatabase();

const away = new TransientError({
  code: 'MODEL_TIMEOUT',
  component: 'model',
  operation: 'generate',
  message: 'The model did not answer.',
});
const none = { tests_may_change: false, needs_test: false, may_skip: [], removes: [], may_change: [] };
const task = 'Skip half of ten for now, it is too slow';

async function ground(answer: Answer, orderSettings = {}) {
  const reader = scriptedModel('a/reader', [answer]);
  const at = await atStep(shared(), 'verifying', {
    files: shop,
    change: skipped,
    models: [reader],
    settings: { taskReader: 'a/reader' },
    orderSettings,
  });
  at.work.order.description = task;
  return { ...at, reader };
}

test('R-GREEN-17: a model reads what is asked in the task alone, once, and only names that stand in it count', async () => {
  const { work, reader } = await ground({
    ...none,
    may_skip: ['half of ten', 'twice three', '*'],
    removes: ['test'],
  });
  const end = await verifying(work);
  expect(end).toMatchObject({
    end: 'done',
    result: {
      findings: expect.arrayContaining([expect.objectContaining({ kind: 'test_skipped', weight: 'tells' })]),
    },
  });
  expect(reader.prompts).toHaveLength(1);
  expect(reader.prompts[0]).toContain(task);
  expect(reader.prompts[0]).not.toContain('test.skip');
  const { order, kinds } = await onRecord(work);
  expect(order.settings.asked).toEqual({ ...nothingAsked, skips: ['half of ten'] });
  expect(kinds).toContain('asked.read');
  expect(await askedInTask(await claimedAgain(work), task, 'standard')).toEqual(order.settings.asked);
  expect(reader.prompts).toHaveLength(1);
});

test('R-GREEN-17: a task in which a model reads nothing asks nothing, and is not read again', async () => {
  const { work, reader } = await ground(none);
  expect(await askedInTask(work, task, 'standard')).toEqual(nothingAsked);
  expect(await askedInTask(await claimedAgain(work), task, 'standard')).toEqual(nothingAsked);
  expect(reader.prompts).toHaveLength(1);
});

test('R-GREEN-17: what was said with the work order counts, and no model is asked', async () => {
  const asked = { ...nothingAsked, removes: ['twice'] };
  const { work, reader } = await ground({ ...none, may_skip: ['half of ten'] }, { asked });
  expect(await askedInTask(work, task, 'standard')).toEqual(asked);
  const { work: other } = await ground(none);
  expect(await askedInTask(other, task, 'checks-only')).toEqual(nothingAsked);
  expect(reader.prompts).toHaveLength(0);
});

test.each<[string, Answer]>([
  ['fails', away],
  ['cannot be used', { kind: 'malformed' }],
])('R-GREEN-17: if the call %s, nothing counts as asked, and the work order says so', async (_, answer) => {
  const { work } = await ground(answer);
  expect(await askedInTask(work, task, 'standard')).toEqual(nothingAsked);
  const { order, kinds } = await onRecord(work);
  expect(order.settings.asked).toBeUndefined();
  expect(kinds).toContain('asked.unread');
});
