// The pages of schedules in a real browser, against a complete Moose: a person adds a schedule, has it run, pauses,
// resumes, changes and removes it by clicks.
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findBarriers } from '../browser/find-barriers.ts';
import { type MissionControl, missionControl } from './mission-control.fixture.ts';
import { expectNoOverflow, picture } from './spec-pages.fixture.ts';

const project = 'shop';
const finishedMsMax = 60_000;
const screens = { 1280: 800, 390: 844 } as const;

let at: MissionControl;
beforeAll(async () => {
  at = await missionControl();
  const added = await at.call('POST', '/api/projects', {
    repository: at.farm.repositories[0],
    name: project,
  });
  expect(added.status).toBe(201);
});
afterAll(() => at?.close());

/**
 * At both widths, checks that nothing overflows and that everything is accessible, and takes a picture for
 * people.
 */
async function seeAt(page: Page, name: string): Promise<void> {
  for (const [width, height] of Object.entries(screens)) {
    await page.setViewportSize({ width: Number(width), height });
    await expectNoOverflow(page);
    await picture(page, `${name}-${width}`);
  }
  expect(await findBarriers(page)).toEqual([]);
}

async function fill(form: Locator, values: Record<string, string>): Promise<void> {
  for (const [label, value] of Object.entries(values))
    await form.getByLabel(label, { exact: true }).fill(value);
}

async function add(page: Page): Promise<void> {
  await page.getByText('No schedules yet').waitFor();
  await page.getByRole('button', { name: 'Add schedule' }).click();
  const form = page.getByRole('dialog', { name: 'Add schedule' });
  await fill(form, {
    Name: 'nightly',
    Title: 'Write file 1',
    'Cron expression': 'often',
    'Time zone': 'UTC',
  });
  await form.getByLabel('Project').selectOption({ label: project });
  await form.getByRole('button', { name: 'Add schedule' }).click();
  await form.getByText('"often" is not a cron expression', { exact: false }).waitFor();
  await fill(form, { 'Cron expression': '30 1 1 1 *', Description: 'All of it.' });
  await seeAt(page, 'schedule-add');
  await form.getByRole('button', { name: 'Add schedule' }).click();
  await page.getByRole('heading', { name: 'nightly', level: 1 }).waitFor();
  await page.getByText('30 1 1 1 * in UTC').waitFor();
  await page.getByText('No runs yet').waitFor();
}

async function run(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Run now' }).click();
  const history = page.getByRole('region', { name: 'History' });
  await history.getByText('run now by', { exact: false }).waitFor();
  await history.getByRole('link', { name: 'Write file 1: completed' }).waitFor({ timeout: finishedMsMax });
}

/** The change is wrong first, and then renames the schedule while it is paused. */
async function change(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Change' }).click();
  const form = page.getByRole('dialog', { name: 'Change nightly' });
  expect(await form.getByLabel('Description').inputValue()).toBe('All of it.');
  await fill(form, { 'Time zone': 'Mars/Olympus' });
  await form.getByRole('button', { name: 'Save changes' }).click();
  await form.getByText('There is no time zone "Mars/Olympus".', { exact: false }).waitFor();
  await fill(form, { Name: 'early', 'Time zone': 'Europe/Berlin', 'Cron expression': '0 4 1 1 *' });
  await fill(form, { 'Dollars for each work order': '5' });
  await seeAt(page, 'schedule-change');
  await form.getByRole('button', { name: 'Save changes' }).click();
  await page.getByRole('heading', { name: 'early', level: 1 }).waitFor();
  expect(new URL(page.url()).pathname).toBe('/schedules/early');
  await page.getByText('0 4 1 1 * in Europe/Berlin').waitFor();
  await page.getByText('$5.00 for each work order').waitFor();
  // It is still paused, and says how it is resumed.
  await page
    .getByRole('status')
    .filter({ hasText: 'The schedule is still paused. Resume it with `moose schedule resume early`.' })
    .waitFor();
  const history = page.getByRole('region', { name: 'History' });
  await history.getByText('cron: 30 1 1 1 * → 0 4 1 1 *').waitFor();
  await history.getByText('limit usd: 2 → 5').waitFor();
  // What was there before is still there.
  await history.getByRole('link', { name: 'Write file 1: completed' }).waitFor();
  await seeAt(page, 'schedule-changed');
}

test('R-UI-6: a person adds, runs, pauses, changes, resumes and removes a schedule by clicks', async () => {
  const { page, errors } = await at.see('/schedules');
  await add(page);
  await run(page);
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByText(/^Paused .+ by /).waitFor();
  await change(page);
  await page.getByRole('button', { name: 'Resume' }).click();
  await page.getByRole('button', { name: 'Pause' }).waitFor();
  await page
    .getByText(/January 1, \d{4} at 4:00/)
    .first()
    .waitFor();
  await page.getByText('The schedule is still paused', { exact: false }).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Remove' }).click();
  const dialog = page.getByRole('dialog', { name: 'Remove the schedule early?' });
  await dialog.getByRole('button', { name: 'Remove' }).click();
  await page.getByText('No schedules yet').waitFor();
  expect(new URL(page.url()).pathname).toBe('/schedules');
  const { body } = await at.call('GET', '/api/audit');
  const acts = (body as { items: { act: string }[] }).items.map(({ act }) => act).reverse();
  expect(acts.filter((act) => act.startsWith('schedule.'))).toEqual([
    'schedule.add',
    'schedule.add.refused',
    'schedule.add',
    'schedule.run',
    'schedule.pause',
    'schedule.change.refused',
    'schedule.change',
    'schedule.resume',
    'schedule.remove',
  ]);
  // The refusals, and what the page asks about a schedule that has just been renamed or removed.
  expect(errors.filter((each) => !/status of 40[04]/.test(each))).toEqual([]);
}, 240_000);
