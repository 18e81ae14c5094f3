// Every page over a week of data, light and dark, wide and narrow: complete, without errors, and accessible.
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findBarriers, rulesOfColour } from '../browser/find-barriers.ts';
import { type Chromium, openChromium, type Size, signIn } from '../browser/open-chromium.ts';
import { type PageToSee, pagesOf } from '../browser/pages.ts';
import { cloneDatabase, type TestDatabase } from '../database.ts';
import { type ServedWeek, serveWeek } from '../week/serve-week.ts';
import { eventually } from './eventually.fixture.ts';

const seenMs = 60_000;
const workOrders = 150;
/** Limit for fifty visits, each checked by axe twice, on a busy machine. */
const walkMsMax = 400_000;

let database: TestDatabase;
let week: ServedWeek;
let chromium: Chromium;
beforeAll(async () => {
  database = await cloneDatabase();
  const dataDirectory = await mkdtemp(join(tmpdir(), 'moose-week-'));
  week = await serveWeek({ databaseUrl: database.url, dataDirectory, workOrders });
  chromium = await openChromium();
});
afterAll(async () => {
  await chromium.close();
  await week.close();
  await database.drop();
});

test.concurrent.each<Size>(['wide', 'narrow'])(
  'R-UI-1, R-UI-6: every page, %s, light and dark, loads, fits, shows no error, and is accessible',
  async (size) => {
    const { page, errors } = await chromium.open({ size });
    await signIn(page, week.url, week.token);
    const wrong: string[] = [];
    for (const one of pagesOf(week))
      wrong.push(...(await wrongOf(page, one)).map((what) => `${one.name}: ${what}`));
    expect([...wrong, ...errors]).toEqual([]);
  },
  walkMsMax,
);

async function wrongOf(page: Page, { path, heading }: PageToSee): Promise<string[]> {
  await page.emulateMedia({ colorScheme: 'light' });
  await page.goto(`${week.url}${path}`);
  // By element, since an open dialog hides the page from queries by role.
  await page.locator('h1').filter({ hasText: heading }).waitFor({ timeout: seenMs });
  await whole(page);
  const barriers = await findBarriers(page);
  const excessPx = await excessPxOf(page);
  const failed = await page.getByRole('alert').allInnerTexts();
  const light = await ground(page);
  await page.emulateMedia({ colorScheme: 'dark' });
  const darkBarriers = await findBarriers(page, rulesOfColour);
  return [
    ...barriers,
    ...darkBarriers.map((barrier) => `in the dark: ${barrier}`),
    ...(excessPx > 0 ? [`is ${excessPx} px wider than the window`] : []),
    ...((await ground(page)) === light ? ['is not dark'] : []),
    ...failed.map((text) => `says: ${text}`),
  ];
}

const excessPxOf = (page: Page) =>
  page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth');

test(
  'R-UI-1: every page fits beside the navigation on a tablet, and the buttons of a table are in sight on a desk',
  async () => {
    const { page } = await chromium.open();
    await signIn(page, week.url, week.token);
    await page.setViewportSize({ width: 768, height: 1024 });
    const tooWide: string[] = [];
    for (const { name, path, heading } of pagesOf(week)) {
      await page.goto(`${week.url}${path}`);
      await page.locator('h1').filter({ hasText: heading }).waitFor({ timeout: seenMs });
      await whole(page);
      if ((await excessPxOf(page)) > 0) tooWide.push(name);
    }
    expect(tooWide).toEqual([]);
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.goto(`${week.url}/projects/${week.project}`);
    const variables = page.getByRole('region', { name: 'Variables', exact: true }).last();
    await variables.getByText('NPM_TOKEN').waitFor({ timeout: seenMs });
    const hiddenPx = await variables.evaluate(
      (table: { scrollWidth: number; clientWidth: number }) => table.scrollWidth - table.clientWidth,
    );
    expect(hiddenPx).toBe(0);
  },
  walkMsMax,
);

const ground = (page: Page) => page.evaluate<string>('getComputedStyle(document.body).backgroundColor');

/** Waits until nothing is loading. */
async function whole(page: Page): Promise<void> {
  const loading = page.locator('[role=status][aria-label^=Loading]');
  await eventually(async () => expect(await loading.count()).toBe(0), seenMs);
}

test.each<Size>(['wide', 'narrow'])(
  'R-SPEC-5: the Learning page shows estimates beside what was paid, with an interval: %s',
  async (size) => {
    const { page, errors } = await chromium.open({ size });
    await signIn(page, week.url, week.token);
    await page.goto(`${week.url}/learning`);
    await page
      .getByText(
        '4 of 5 finished work orders stayed within their estimated range: 80% (38% to 96% with 95% confidence).',
      )
      .waitFor({ timeout: seenMs });
    const specs = page.getByRole('region', { name: 'Estimate and cost of each spec' });
    expect(await specs.textContent()).toMatch(/Invoices with tax\D*\$[\d.]+ to \$[\d.]+\D*\$[\d.]+\D*4 of 5/);
    const orders = page.getByRole('region', { name: 'Estimate and cost of each work order' });
    expect(await orders.getByText(', outside').count()).toBe(1);
    expect(errors).toEqual([]);
  },
);
