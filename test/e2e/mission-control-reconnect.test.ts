// The server is killed while a page is open: the page shows it, reconnects by itself and misses nothing.
import { randomUUID } from 'node:crypto';
import type { Locator, Page } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { type DatabaseRelay, databaseRelay } from '../database-relay.ts';
import { type MissionControl, missionControl } from './mission-control.fixture.ts';

const seenMs = 60_000;

/** Messages of the browser itself about an unreachable server, which no page can prevent. */
const ownWords = /net::ERR_|WebSocket connection to .* failed|status of 50[234]/;

test('R-UI-1: after the server is killed and restarted, an open page shows what happened meanwhile, once, without a reload', async () => {
  const at = await missionControl();
  onTestFinished(() => at.close());
  await at.farm.submit(1);
  const [board, errors] = [await at.see('/work-orders'), await at.see('/work-orders?view=table')];
  await completed(board.page, 1);
  await titled(errors.page, 1).click();
  await errors.page.getByRole('tab', { name: 'Debug' }).click();
  await errors.page
    .locator('summary')
    .filter({ hasText: /^Errors/ })
    .click();
  await errors.page.getByText('No errors', { exact: true }).waitFor();
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

test('R-REC-4: while the database is unreachable, an open page shows its last data, says so, and recovers by itself', async () => {
  const ways: DatabaseRelay[] = [];
  const at = await missionControl(
    {},
    {
      databaseThrough: async (url) => {
        const way = await databaseRelay(url);
        ways.push(way);
        return way.database.url;
      },
    },
  );
  onTestFinished(() => at.close());
  await at.farm.submit(1);
  const { page } = await at.see('/monitoring');
  await page.getByRole('link', { name: 'Work Orders', exact: true }).first().click();
  await completed(page, 1);

  for (const way of ways) await way.cut();
  await page.getByRole('link', { name: 'Monitoring', exact: true }).first().click();
  await page.reload();
  await page.getByText('Moose cannot reach its database').waitFor({ timeout: seenMs });
  await page.getByRole('heading', { name: 'Monitoring', exact: true }).waitFor({ timeout: seenMs });

  for (const way of ways) await way.mend();
  await page.getByText('Moose cannot reach its database').waitFor({ state: 'detached', timeout: seenMs });
  await page.locator('[data-live=live]').waitFor({ timeout: seenMs });
});

const completed = (page: Page, number: number) =>
  page
    .locator('section[data-lane=needs_you]')
    .getByRole('link', { name: `Write file ${number}`, exact: true })
    .waitFor({ timeout: seenMs });

/** Written directly into the database, not by the server. */
async function writeError({ farm: { database } }: MissionControl): Promise<void> {
  const { id } = await database.query
    .selectFrom('workOrders')
    .select('id')
    .where('title', '=', 'Write file 1')
    .executeTakeFirstOrThrow();
  await database.query
    .insertInto('errorEvents')
    .values({
      id: randomUUID(),
      errorType: 'CHECK_FAILED',
      severity: 'medium',
      errorMessage: 'Nobody was looking.',
      component: 'pipeline',
      operation: 'verify',
      failureClass: 'test_fail',
      category: 'permanent',
      workOrderId: id,
      step: 'verifying',
      fingerprint: '0123456789abcdef',
    })
    .execute();
}

const titled = (page: Page, number: number): Locator =>
  page.getByRole('main').getByRole('link', { name: `Write file ${number}`, exact: true });
