// The server is killed while somebody looks on: the page says so, comes back by itself, and has missed nothing.
import { randomUUID } from 'node:crypto';
import type { Locator, Page } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { type MissionControl, missionControl } from './mission-control.fixture.ts';

const seenMs = 60_000;

/** What the browser itself says of a server that is not there: no page can keep it from that. */
const ownWords = /net::ERR_|WebSocket connection to .* failed|status of 50[234]/;

test('R-UI-1: killed while a page is open, back on its port: the page shows what came meanwhile, once, without a reload', async () => {
  const at = await missionControl();
  onTestFinished(() => at.close());
  await at.farm.submit(1);
  const [board, errors] = [await at.see('/work-orders'), await at.see('/work-orders?view=table')];
  await completed(board.page, 1);
  await titled(errors.page, 1).click();
  await errors.page.getByRole('tab', { name: 'Errors' }).click();
  await errors.page.getByText('No error was met').waitFor();
  for (const { page } of [board, errors]) {
    await page.locator('[data-live=live]').waitFor({ timeout: seenMs });
    await page.evaluate('window.isUnreloaded = true');
  }

  await at.moose().kill();
  for (const { page } of [board, errors]) await page.locator('[data-live=away]').waitFor({ timeout: seenMs });
  await at.farm.submit(2);
  await writeError(at);
  await at.startAgain();

  for (const { page } of [board, errors]) await page.locator('[data-live=live]').waitFor({ timeout: seenMs });
  for (const number of [2, 3]) await completed(board.page, number);
  await errors.page.getByText('Nobody was looking.').waitFor({ timeout: seenMs });
  for (const number of [1, 2, 3]) expect(await titled(board.page, number).count()).toBe(1);
  expect(await errors.page.getByText('Nobody was looking.').count()).toBe(1);
  for (const { page, errors: said } of [board, errors]) {
    expect(await page.evaluate('window.isUnreloaded')).toBe(true);
    expect(said.filter((line) => !ownWords.test(line))).toEqual([]);
  }
});

const completed = (page: Page, number: number) =>
  page
    .locator('section[data-lane=completed]')
    .getByRole('link', { name: `Write file ${number}`, exact: true })
    .waitFor({ timeout: seenMs });

/** By a hand other than the server's. */
async function writeError({ farm: { database } }: MissionControl): Promise<void> {
  const { id } = await database.query
    .selectFrom('workOrders')
    .select('id')
    .where('title', '=', 'Write file 1')
    .executeTakeFirstOrThrow();
  await database.query
    .insertInto('errorEvents')
    .values({
      ...{
        id: randomUUID(),
        errorType: 'CHECK_FAILED',
        severity: 'medium',
        errorMessage: 'Nobody was looking.',
      },
      ...{ component: 'pipeline', operation: 'verify', failureClass: 'test_fail', category: 'permanent' },
      ...{ workOrderId: id, step: 'verifying', fingerprint: '0123456789abcdef' },
    })
    .execute();
}

const titled = (page: Page, number: number): Locator =>
  page.getByRole('main').getByRole('link', { name: `Write file ${number}`, exact: true });
