import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { readDriftOnce } from '../../store/connection/read-once.ts';
import { answerDrift, recordDrifts } from '../../store/work/drifts.ts';
import { diagnoseDrift } from './drift.ts';

const seen = (kind: string, subject: string, isSafe: boolean) => ({
  kind,
  subject,
  isSafe,
  workOrderId: null,
  what: 'w',
  evidence: 'e',
  repair: 'r',
});

test('R-SES-7: the doctor counts the differences that wait for a person, and no others', async () => {
  const { query, url } = await testDatabase();
  const diagnosed = async () => diagnoseDrift(await readDriftOnce(url));
  const looked = { host: 'here', kinds: ['branch-unknown', 'home-unknown'], at: new Date() };
  expect(await diagnosed()).toEqual([]);
  await recordDrifts(query, looked, [seen('home-unknown', 'h', true)]);
  expect(await diagnosed()).toMatchObject([{ state: 'ok', found: 'nothing waits for a person' }]);
  const open = await recordDrifts(query, looked, [
    seen('home-unknown', 'h', true),
    seen('branch-unknown', 'a', false),
    seen('branch-unknown', 'b', false),
  ]);
  expect(await diagnosed()).toMatchObject([
    { state: 'warning', found: '2 differences wait for a person: branch-unknown (2)' },
  ]);
  for (const { id, isSafe } of open)
    if (!isSafe) await answerDrift(query, id, { answer: 'leave', by: 'human:ada', at: new Date() });
  expect(await diagnosed()).toMatchObject([{ state: 'ok' }]);
});

test('the doctor names the largest kinds, and says how many more there are', () => {
  const rows = ['a', 'b', 'c', 'd'].map((kind, index) => ({ kind, waits: true, drifts: 9 - index }));
  expect(diagnoseDrift(rows)).toMatchObject([
    { found: '30 differences wait for a person: a (9), b (8), c (7) and 1 more kinds' },
  ]);
  expect(diagnoseDrift([{ kind: 'a', waits: true, drifts: 1 }])).toMatchObject([
    { found: '1 difference waits for a person: a (1)' },
  ]);
});
