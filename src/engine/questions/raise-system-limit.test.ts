import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import type { OptionDraft } from '../../store/failures/escalations.ts';
import { limitsOf, setLimit } from '../../store/money/limits.ts';
import { openRunOf } from '../../store/work/runs/runs.ts';
import { theWorkOrder } from '../../store/work/scratch-rows.fixture.ts';
import { answer } from '../commands/answers/answer.ts';
import { asking, by, depsOf } from './asking.fixture.ts';

const usd = 1_000_000_000n;
const raise: OptionDraft = {
  id: 'raise_daily_limit',
  kind: 'raise_limit',
  label: 'Raise it',
  from: 'routing',
  systemLimit: 'daily',
  limitNanoUsd: (125n * usd).toString(),
  costNanoUsd: null,
  risk: 'high',
  chance: null,
  chanceOf: 0,
};

test("R-ESC-3: the answer raises the day's limit, in one transaction with the start of the run that waited for it", async () => {
  const database = await testDatabase();
  const { workOrderId, question } = await asking(database, { options: [raise], recommendedOption: raise.id });
  await answer(depsOf(database), await question(), raise.id, { by });
  const [day, month] = await limitsOf(database.query);
  expect([day?.limitNanoUsd, month?.limitNanoUsd]).toEqual([125n * usd, 500n * usd]);
  expect(await openRunOf(database.query, workOrderId)).toMatchObject({ firstStep: 'routing' });
  // The work order's own limit is not changed.
  expect((await theWorkOrder(database, workOrderId)).limitNanoUsd).toBeNull();
});

test('fear: a late answer lowers a limit that somebody has raised further', async () => {
  const database = await testDatabase();
  const { question } = await asking(database, { options: [raise], recommendedOption: raise.id });
  await setLimit(database.query, 'daily', 300n * usd, 'human:test');
  await answer(depsOf(database), await question(), raise.id, { by });
  expect((await limitsOf(database.query))[0]?.limitNanoUsd).toBe(300n * usd);
});

test('R-PIPE-12: only a person raises a limit of the whole system', async () => {
  const database = await testDatabase();
  const { question } = await asking(database, { options: [raise], recommendedOption: raise.id });
  await expect(
    answer(depsOf(database), await question(), raise.id, { by: 'moose:policy:1' }),
  ).rejects.toMatchObject({ code: 'LIMIT_NOT_YOURS' });
  expect((await limitsOf(database.query))[0]?.limitNanoUsd).toBe(100n * usd);
  expect(await question()).toMatchObject({ status: 'open' });
});
