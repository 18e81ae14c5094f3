import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { openAlerts } from '../../store/failures/alerts.ts';
import { questionsByTime } from '../../store/figures/trends-by-time.ts';
import { answer } from '../commands/answers/answer.ts';
import { defaultSettings } from '../policy/engine-settings.ts';
import { asking, by, depsOf } from './asking.fixture.ts';
import { questionTargetsJob } from './question-targets-job.ts';

const hourMs = 3_600_000;

test('R-ESC-7: an alert says that questions pile up or are answered late, and is closed when that ends', async () => {
  const database = await testDatabase();
  const { query } = database;
  const settings = { targets: { ...defaultSettings.targets, questionsOpen: 1 } };
  const look = async () => {
    await questionTargetsJob({ database, settings }).run(new AbortController().signal);
    return (await openAlerts(query)).map(({ code, severity }) => `${code} ${severity}`).sort();
  };
  expect(await look()).toEqual([]);
  const [first, second] = [await asking(database), await asking(database)];
  expect(await look()).toEqual(['QUESTIONS_PILE_UP low']);
  // The first one has waited for an hour.
  const asked = new Date(Date.now() - hourMs);
  const { id } = await first.question();
  await query.updateTable('escalations').set({ createdAt: asked }).where('id', '=', id).execute();
  await answer(depsOf(database), await first.question(), 'retry', { by });
  expect(await look()).toEqual(['QUESTIONS_ANSWERED_LATE low']);
  const alerts = await openAlerts(query);
  expect(alerts[0]?.message).toMatch(
    /answered after 360\ds on average; the target is 30m\.$|answered after 1h on average/,
  );
  settings.targets.answerMs = 2 * hourMs;
  expect(await look()).toEqual([]);
  await answer(depsOf(database), await second.question(), 'retry', { by });
  expect(await look()).toEqual([]);
});

test('R-ESC-7: the backlog and the times of questions are told for each period', async () => {
  const database = await testDatabase();
  const { query } = database;
  const [old, answered] = [await asking(database), await asking(database)];
  const nowMs = Date.now();
  const bucketMs = hourMs;
  const since = new Date(Math.floor(nowMs / bucketMs) * bucketMs - 2 * bucketMs);
  const at = (ms: number) => new Date(since.getTime() + ms);
  const set = (id: string, change: object) =>
    query.updateTable('escalations').set(change).where('id', '=', id).execute();
  await set((await old.question()).id, { createdAt: at(10_000) });
  await set((await answered.question()).id, {
    createdAt: at(20_000),
    status: 'resolved',
    resolvedBy: by,
    resolvedAt: at(bucketMs + 20_000),
  });
  await query.deleteFrom('outbox').execute();
  await query
    .insertInto('outbox')
    .values({
      key: `escalation.opened:${(await old.question()).id}:slack`,
      kind: 'escalation.opened',
      channel: 'slack',
      payload: '{}',
      deliveredAt: at(13_000),
    })
    .execute();
  const rows = await questionsByTime(query, { since, until: at(3 * bucketMs), bucketMs });
  expect(rows).toEqual([
    { at: at(0), open: 2, asked: 2, answered: 0, answerMs: null, deliveryMs: 3_000 },
    { at: at(bucketMs), open: 1, asked: 0, answered: 1, answerMs: bucketMs, deliveryMs: null },
    { at: at(2 * bucketMs), open: 1, asked: 0, answered: 0, answerMs: null, deliveryMs: null },
  ]);
});
