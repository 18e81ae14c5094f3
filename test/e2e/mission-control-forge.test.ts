// What Mission Control shows and changes about a project's forge: merging, intake of issues, and the logs of red checks.
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findBarriers } from '../browser/find-barriers.ts';
import { type Chromium, openChromium, signIn } from '../browser/open-chromium.ts';
import { cloneDatabase, type TestDatabase } from '../database.ts';
import { type ServedWeek, serveWeek } from '../week/serve-week.ts';

const seenMs = 60_000;

let database: TestDatabase;
let week: ServedWeek;
let chromium: Chromium;
beforeAll(async () => {
  database = await cloneDatabase();
  const dataDirectory = await mkdtemp(join(tmpdir(), 'moose-week-'));
  week = await serveWeek({ databaseUrl: database.url, dataDirectory, workOrders: 60 });
  chromium = await openChromium();
});
afterAll(async () => {
  await chromium.close();
  await week.close();
  await database.drop();
});

async function opened(path: string) {
  const { page, errors } = await chromium.open({ size: 'narrow' });
  page.setDefaultTimeout(seenMs);
  await signIn(page, week.url, week.token);
  await page.goto(`${week.url}${path}`);
  return { page, errors };
}

test('R-SEN-8, R-SEN-5: a person sets when Moose merges, which issues it takes and which programs it heeds', async () => {
  const { page, errors } = await opened(`/projects/${week.project}`);
  await page.getByLabel('Merge pull requests').selectOption({ label: 'When CI is green' });
  await page.getByLabel('Issue label').fill(' agents ');
  await page.getByLabel('Programs').fill('renovate[bot], dependabot[bot] renovate[bot]');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  const stored = () => week.opened.moose.projects.one(week.project);
  await expect.poll(stored).toMatchObject({
    merge: 'green',
    intake_label: 'agents',
    forge_programs: ['renovate[bot]', 'dependabot[bot]'],
  });
  expect(await findBarriers(page)).toEqual([]);
  await page.reload();
  await expect.poll(() => page.getByLabel('Merge pull requests').inputValue()).toBe('green');
  await page.getByLabel('Merge pull requests').selectOption('');
  await page.getByLabel('Issue label').fill('');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect.poll(stored).toMatchObject({ merge: null, intake_label: null });
  expect(errors).toEqual([]);
});

test('R-SEN-3: a red check has the end of its log, which opens on a click', async () => {
  const { page, errors } = await opened(`/work-orders/${week.examples.refined}?tab=pull-request`);
  const log = page.getByLabel('Log of CI / test');
  const summary = page.getByText('End of the log, failed at npm test');
  await summary.waitFor();
  expect(await log.isVisible()).toBe(false);
  await summary.click();
  await log.waitFor();
  expect(await log.textContent()).toContain('expected 4, received 3');
  expect(await findBarriers(page)).toEqual([]);
  expect(errors).toEqual([]);
});
